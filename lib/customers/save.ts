import 'server-only';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { createCustomer } from './create';
import type { Details } from './detail-fields';
import { type Origin, storeDetails } from './details';
import { syncCustomer } from './sync';

/** Long enough for another click of the same person to finish its call. */
const WAIT_MS = 12_000;

/**
 * Stores the details, then creates the customer at KunaCore or sends it the change. The reconciler sends it
 * later when KunaCore is unavailable.
 * @throws Error when the user has been deleted meanwhile; the driver's error.
 */
export async function saveDetails(
  services: Services,
  userId: string,
  details: Details,
  origin: Origin = {},
): Promise<void> {
  await storeDetails(services, userId, details, origin);
  await sendToKunaCore(services, userId).catch((error: unknown) => {
    services.log.warn({ event: 'details_not_sent_yet', userId, error: describeError(error) });
  });
}

/** Creates the customer of stored details, or sends what changed. @throws LeaseBusy; the driver's error. */
export async function sendToKunaCore(services: Services, userId: string): Promise<void> {
  const { state } = await createCustomer(services, userId, WAIT_MS);
  if (state === 'ready' || state === 'verifying' || state === 'blocked')
    await syncCustomer(services, userId, 'changes', WAIT_MS);
}
