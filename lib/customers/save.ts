import 'server-only';
import { describeError, log } from '@/lib/log/log';
import { type Services, services } from '@/lib/services';
import { createCustomer } from './create';
import type { Details, NumberField } from './detail-fields';
import { storeDetails } from './details';
import { syncCustomer } from './sync';

/** Long enough for another click of the same person to finish its call. */
const WAIT_MS = 12_000;

/**
 * "Save and continue": stores the details, then creates the customer at KunaCore or sends it the change.
 * @returns whether the details are stored; what KunaCore could not be told yet is told later.
 */
export async function saveDetails(
  userId: string,
  details: Details,
  getServices = services,
  overruled: NumberField[] = [],
): Promise<boolean> {
  let parts: Services;
  try {
    parts = await getServices();
    await storeDetails(parts, userId, details, overruled);
  } catch (error) {
    log().error({ event: 'details_not_stored', userId, error: describeError(error) });
    return false;
  }
  await tellKunaCore(parts, userId).catch((error: unknown) => {
    log().warn({ event: 'details_not_sent_yet', userId, error: describeError(error) });
  });
  return true;
}

/** Creates the customer of stored details, or sends what changed. @throws LeaseBusy; the driver's error. */
export async function tellKunaCore(parts: Services, userId: string): Promise<void> {
  const { state } = await createCustomer(parts, userId, WAIT_MS);
  if (state === 'ready' || state === 'verifying' || state === 'blocked')
    await syncCustomer(parts, userId, 'changes', WAIT_MS);
}
