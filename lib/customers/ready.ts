import 'server-only';
import { notify } from '@/lib/notifications/notify';
import type { Services } from '@/lib/services';
import { type CustomerRow, findCustomer } from './row';
import { customerState } from './state';

/**
 * Stores the message "you can buy now" when a customer has become ready, in the transaction of the change.
 * @param before the row before the change; null when the customer was only just created at KunaCore.
 * @throws the driver's error.
 */
export async function notifyIfReady(
  services: Pick<Services, 'db' | 'keyring' | 'sendsMail'>,
  userId: string,
  before: CustomerRow | null,
): Promise<void> {
  if (before && customerState(before).state === 'ready') return;
  const now = customerState(await findCustomer(services, userId));
  if (now.state !== 'ready') return;
  // Two changes from the same row are one: whichever is stored first counts.
  await notify(services, userId, 'ready', before?.checkedAt?.toISOString() ?? now.customerId);
}
