import 'server-only';
import { and, eq, sql } from 'drizzle-orm';
import { customers } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import { KunaCoreError, RejectedError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { mayStillHave, readAccepted } from './accepted';
import { toKunaCore } from './create';
import { type DetailsVersion, recordHandover } from './history';
import { type Lease, withLease } from './lease';
import { notifyIfReady } from './ready';
import { backoffMs, postpone } from './retry';
import { type CustomerRow, findCustomer, readCustomerState } from './row';
import type { CustomerState } from './state';
import { carryOutWalletBlock, isBlockGone } from './wallet-block';

/**
 * Brings a linked customer and KunaCore to agreement: blocks or unblocks the wallet, sends the newest accepted details if
 * KunaCore lacks them, then, with `all`, reads KunaCore's status of verification and wallet. While the consent is withdrawn,
 * only a block of the wallet is carried out. The reconciler retries what fails at KunaCore.
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
  if (!row?.customerId || (row.consentWithdrawnAt && !row.walletBlock)) return null;
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
  const stored = await readAccepted(services, row);
  if (!stored || stored.version <= row.sentVersion) return;
  await lease.renew();
  if ((await services.db.$count(customers, mayStillHave(stored))) === 0) return;
  const rejectionCode = await update(services, customerId, stored);
  await inTransaction(services.db, async (db) => {
    const within = { ...services, db };
    await save(within, row, { sentVersion: stored.version, rejectionCode });
    if (rejectionCode === null) await recordHandover(within, stored);
  });
}

/** Sends details with their address, which may have moved (move-address.ts). @returns KunaCore's code when it rejects them. */
async function update(
  services: Services,
  customerId: string,
  { userId, email, details }: DetailsVersion,
): Promise<string | null> {
  try {
    await services.kunacore.updateCustomer(customerId, { email, ...toKunaCore(details) });
    return null;
  } catch (error) {
    // Not retried; the support console shows it. KunaCore may have another customer with this address.
    if (!(error instanceof RejectedError && error.isFinal)) throw error;
    const code = error.code ?? String(error.status);
    services.log.error({ event: 'customer_update_rejected', userId, code });
    return code;
  }
}

async function refreshStatus(services: Services, customerId: string, row: CustomerRow, lease: Lease): Promise<void> {
  await lease.renew();
  const { verificationStatus, walletStatus } = await services.kunacore.getCustomer(customerId);
  const pause = Math.max(5_000, backoffMs(row.attempts));
  const isGone = isBlockGone(row, walletStatus);
  if (isGone) services.log.error({ event: 'wallet_block_gone', userId: row.userId });
  // A decision or a change that was stored since is due at once. It counts the attempts from 0.
  const isAsRead = sql`${customers.walletBlock} is not distinct from ${row.walletBlock} and ${customers.acceptedVersion} = ${row.acceptedVersion}`;
  const change = {
    verificationStatus: verificationStatus ?? row.verificationStatus,
    walletStatus: walletStatus ?? row.walletStatus,
    checkedAt: sql`now()`,
    ...(isGone && {
      walletBlock: sql`case ${customers.walletBlock} when 'set' then 'due' else ${customers.walletBlock} end`,
    }),
    // The longer the verification takes, the less often KunaCore is asked.
    attempts: sql`case when ${isAsRead} then ${row.attempts + 1} else ${customers.attempts} end`,
    nextAttemptAt: sql`case when ${isAsRead} then now() + make_interval(secs => ${pause / 1000}) else ${customers.nextAttemptAt} end`,
  };
  await inTransaction(services.db, async (db) => {
    const within = { ...services, db };
    await save(within, row, change);
    await notifyIfReady(within, row.userId, row);
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
