import 'server-only';
import { and, eq, sql } from 'drizzle-orm';
import { customers } from '@/lib/db/schema';
import { KunaCoreError, RejectedError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { kunaCoreDetails } from './create';
import { readDetails } from './details';
import { type Lease, withLease } from './lease';
import { backoffMs, postpone } from './retry';
import { type CustomerRow, readCustomer } from './row';
import { type CustomerState, customerState } from './state';

/**
 * Brings a linked customer and KunaCore to agreement: sends details that changed since the last time (the newest
 * only), then, with `all`, reads KunaCore's view of verification and wallet.
 * @param waitMs how long to wait when another operation of this customer is under way.
 * @throws LeaseBusy; the driver's error. What KunaCore does not answer is tried again by the reconciler.
 */
export function syncCustomer(
  services: Services,
  userId: string,
  what: 'changes' | 'all',
  waitMs: number,
): Promise<CustomerState> {
  return withLease(services, userId, waitMs, async (lease) => {
    const row = await readLinked(services, userId);
    if (!row?.customerId) return customerState(row);
    try {
      await sendDetails(services, row.customerId, row, lease);
      if (what === 'all') await readStatus(services, row.customerId, row, lease);
    } catch (error) {
      if (!(error instanceof KunaCoreError)) throw error;
      services.log.warn({ event: 'customer_sync_postponed', userId, error: describeError(error) });
      await postpone(services, customers, userId, row.attempts, error);
    }
    return customerState(await readLinked(services, userId));
  });
}

async function readLinked({ db, keyring }: Services, userId: string): Promise<CustomerRow | undefined> {
  const [row] = await db.select().from(customers).where(eq(customers.userId, userId));
  return readCustomer(keyring, row);
}

async function sendDetails(services: Services, customerId: string, row: CustomerRow, lease: Lease): Promise<void> {
  const stored = await readDetails(services, row.userId);
  if (!stored || stored.version <= row.sentVersion) return;
  await lease.renew();
  let rejectionCode: string | null = null;
  try {
    await services.kunacore.updateCustomer(customerId, kunaCoreDetails(stored.details));
  } catch (error) {
    // A plain no will not become a yes by asking again; the details page shows it.
    if (!(error instanceof RejectedError && [400, 404, 409, 422].includes(error.status))) throw error;
    rejectionCode = error.code ?? String(error.status);
  }
  await save(services, row, { sentVersion: stored.version, rejectionCode });
}

async function readStatus(services: Services, customerId: string, row: CustomerRow, lease: Lease): Promise<void> {
  await lease.renew();
  const { verificationStatus, walletStatus } = await services.kunacore.getCustomer(customerId);
  const pause = Math.max(5_000, backoffMs(row.attempts));
  await save(services, row, {
    verificationStatus: verificationStatus ?? row.verificationStatus,
    walletStatus: walletStatus ?? row.walletStatus,
    checkedAt: sql`now()`,
    // While the answer stays "not yet", ask less and less often.
    attempts: row.attempts + 1,
    nextAttemptAt: sql`now() + make_interval(secs => ${pause / 1000})`,
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
