import 'server-only';
import { and, eq, sql } from 'drizzle-orm';
import { customers, users } from '@/lib/db/schema';
import { KunaCoreError, RejectedError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { openEmail } from '@/lib/users/email-columns';
import { toKunaCore } from './create';
import { readDetails } from './details';
import { type Lease, withLease } from './lease';
import { backoffMs, postpone } from './retry';
import { type CustomerRow, findCustomer, readCustomerState } from './row';
import type { CustomerState } from './state';
import { carryOutWalletBlock, isBlockGone } from './wallet-block';

/**
 * Brings a linked customer and KunaCore to agreement: blocks or unblocks the wallet, sends the newest details if they changed since the last time,
 * then, with `all`, reads KunaCore's status of verification and wallet. The reconciler retries what fails at KunaCore.
 * @param waitMs how long to wait while another operation of this customer runs.
 * @throws LeaseBusy; the driver's error.
 */
export function syncCustomer(
  services: Services,
  userId: string,
  what: 'changes' | 'all',
  waitMs: number,
): Promise<CustomerState> {
  return withLease(services, userId, waitMs, async (lease) => {
    await syncUnderLease(services, userId, what, lease);
    return readCustomerState(services, userId);
  });
}

/**
 * Does the same for a caller that holds the lease.
 * @returns the error of KunaCore that postponed it, or null.
 * @throws LeaseBusy when the lease was lost; the driver's error.
 */
export async function syncUnderLease(
  services: Services,
  userId: string,
  what: 'changes' | 'all',
  lease: Lease,
): Promise<KunaCoreError | null> {
  let row = await findCustomer(services, userId);
  if (!row?.customerId) return null;
  try {
    if (await carryOutWalletBlock(services, row, row.customerId, lease)) row = await findCustomer(services, userId);
    if (!row?.customerId) return null;
    await sendDetails(services, row.customerId, row, lease);
    if (what === 'all') await refreshStatus(services, row.customerId, row, lease);
  } catch (error) {
    if (!(error instanceof KunaCoreError)) throw error;
    services.log.warn({ event: 'customer_sync_postponed', userId, error: describeError(error) });
    await postpone(services, customers, userId, error);
    return error;
  }
  return null;
}

async function sendDetails(services: Services, customerId: string, row: CustomerRow, lease: Lease): Promise<void> {
  const stored = await readDetails(services, row.userId);
  if (!stored || stored.version <= row.sentVersion) return;
  const email = await readAddress(services, row.userId);
  await lease.renew();
  let rejectionCode: string | null = null;
  try {
    await services.kunacore.updateCustomer(customerId, { email, ...toKunaCore(stored.details) });
  } catch (error) {
    // Not retried; the support console shows it. KunaCore may have another customer with this address.
    if (!(error instanceof RejectedError && error.isFinal)) throw error;
    rejectionCode = error.code ?? String(error.status);
    services.log.error({ event: 'customer_update_rejected', userId: row.userId, code: rejectionCode });
  }
  await save(services, row, { sentVersion: stored.version, rejectionCode });
}

/** The address may have moved since the customer was created (move-address.ts). @throws SealError; the driver's error. */
async function readAddress({ db, keyring }: Services, userId: string): Promise<string> {
  const [user] = await db.select({ id: users.id, email: users.email }).from(users).where(eq(users.id, userId));
  if (!user) throw new Error('The user is gone');
  return openEmail(keyring, user);
}

async function refreshStatus(services: Services, customerId: string, row: CustomerRow, lease: Lease): Promise<void> {
  await lease.renew();
  const { verificationStatus, walletStatus } = await services.kunacore.getCustomer(customerId);
  const pause = Math.max(5_000, backoffMs(row.attempts));
  const isGone = isBlockGone(row, walletStatus);
  if (isGone) services.log.error({ event: 'wallet_block_gone', userId: row.userId });
  // A decision or a change that was stored since is due at once. It counts the attempts from 0.
  const isAsRead = sql`${customers.walletBlock} is not distinct from ${row.walletBlock} and ${customers.detailsVersion} = ${row.detailsVersion}`;
  await save(services, row, {
    verificationStatus: verificationStatus ?? row.verificationStatus,
    walletStatus: walletStatus ?? row.walletStatus,
    checkedAt: sql`now()`,
    ...(isGone && {
      walletBlock: sql`case ${customers.walletBlock} when 'set' then 'due' else ${customers.walletBlock} end`,
    }),
    // The longer the verification takes, the less often KunaCore is asked.
    attempts: sql`case when ${isAsRead} then ${row.attempts + 1} else ${customers.attempts} end`,
    nextAttemptAt: sql`case when ${isAsRead} then now() + make_interval(secs => ${pause / 1000}) else ${customers.nextAttemptAt} end`,
  });
}

async function save(
  { db }: Services,
  row: CustomerRow,
  change: { [Column in keyof CustomerRow]?: CustomerRow[Column] | ReturnType<typeof sql> },
): Promise<void> {
  await db
    .update(customers)
    .set(change)
    .where(and(eq(customers.userId, row.userId), eq(customers.state, 'linked')));
}
