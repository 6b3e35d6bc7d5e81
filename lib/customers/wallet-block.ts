import 'server-only';
import { and, eq, sql } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import type { Database } from '@/lib/db/client';
import { customers } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import { RejectedError } from '@/lib/kunacore/errors';
import type { Services } from '@/lib/services';
import type { Lease } from './lease';
import type { CustomerRow } from './row';

// The institution's block of a wallet, which KunaCore keeps by POST /v2/customer/update. `customers.wallet_block` holds
// the intent and how far it has come; every step compares it first, so that a decision made during a call is not lost.

type WalletBlock = CustomerRow['walletBlock'];

/** Stores that the wallet is to be blocked. A person without a customer gets the block with the customer. */
export async function blockWallet(tx: Database, userId: string): Promise<void> {
  const next = sql`case ${customers.walletBlock} when 'lifting' then 'sending' else coalesce(${customers.walletBlock}, 'due') end`;
  await change(tx, userId, next);
}

/** Stores that the wallet is to be unblocked. A block that was never sent needs no call. */
export async function unblockWallet(tx: Database, userId: string): Promise<void> {
  const next = sql`case when ${customers.walletBlock} in ('sending', 'set') then 'lifting' when ${customers.walletBlock} = 'due' then null else ${customers.walletBlock} end`;
  await change(tx, userId, next);
}

async function change(tx: Database, userId: string, walletBlock: ReturnType<typeof sql>): Promise<void> {
  await tx
    .update(customers)
    .set({ walletBlock, attempts: 0, nextAttemptAt: sql`now()` })
    .where(eq(customers.userId, userId));
}

/**
 * Blocks or unblocks a linked customer's wallet at KunaCore where that is still to be done. Never lifts a block that Kuna
 * set, because only a block that may have been sent is lifted, and KunaCore refuses the rest.
 * @returns whether the row has changed. @throws KunaCoreError when KunaCore did not confirm; LeaseBusy when the lease was
 * lost; the driver's error.
 */
export async function carryOutWalletBlock(
  services: Services,
  row: CustomerRow,
  customerId: string,
  lease: Lease,
): Promise<boolean> {
  if (row.walletBlock === 'lifting') return lift(services, row, customerId, lease);
  if (row.walletBlock === 'sending') return send(services, row, customerId, lease);
  if (row.walletBlock !== 'due') return false;
  await lease.renew();
  const { walletStatus } = await services.kunacore.getCustomer(customerId);
  // Kuna blocks it already. Sending ours would make it look as if we could lift it. Looked at again, later.
  if (walletStatus && !isActive(walletStatus)) return false;
  if (await move(services, row.userId, 'due', 'sending')) await send(services, row, customerId, lease);
  return true;
}

async function send(services: Services, { userId }: CustomerRow, customerId: string, lease: Lease): Promise<boolean> {
  await lease.renew();
  if (!(await update(services, userId, customerId, 'Blocked'))) return false;
  await finish(services, userId, { from: 'sending', to: 'set', walletStatus: 'Blocked' }, { wallet: 'blocked' });
  return true;
}

/** Lifts the block, and is done once KunaCore says so: a block of Kuna's own stays, and ours may be below it. */
async function lift(services: Services, { userId }: CustomerRow, customerId: string, lease: Lease): Promise<boolean> {
  await lease.renew();
  await update(services, userId, customerId, 'Active');
  await lease.renew();
  const { walletStatus } = await services.kunacore.getCustomer(customerId);
  if (walletStatus && !isActive(walletStatus)) return false;
  await finish(services, userId, { from: 'lifting', to: null, walletStatus }, { wallet: 'unblocked' });
  return true;
}

/** Sets the wallet's status. @returns false when KunaCore refuses. A 403 may be about this wallet, too. */
async function update(
  { kunacore, log }: Services,
  userId: string,
  customerId: string,
  walletStatus: 'Blocked' | 'Active',
): Promise<boolean> {
  try {
    await kunacore.updateCustomer(customerId, { walletStatus });
    return true;
  } catch (error) {
    if (!(error instanceof RejectedError && (error.isFinal || error.status === 403))) throw error;
    log.error({ event: 'wallet_status_refused', userId, walletStatus, code: error.code ?? String(error.status) });
    return false;
  }
}

/** Returns whether a block that KunaCore confirmed is gone there, so that it must be sent again. */
export function isBlockGone(row: Pick<CustomerRow, 'walletBlock'>, walletStatus: string | undefined): boolean {
  return row.walletBlock === 'set' && walletStatus !== undefined && isActive(walletStatus);
}

function isActive(walletStatus: string): boolean {
  return walletStatus.toUpperCase() === 'ACTIVE';
}

/** Stores a step, unless the operator has decided otherwise since. @returns whether it was stored. */
async function move(
  { db }: Pick<Services, 'db'>,
  userId: string,
  from: NonNullable<WalletBlock>,
  to: WalletBlock,
  walletStatus?: string,
): Promise<boolean> {
  const moved = await db
    .update(customers)
    .set({ walletBlock: to, ...(walletStatus ? { walletStatus } : {}) })
    .where(and(eq(customers.userId, userId), eq(customers.walletBlock, from)))
    .returning({ userId: customers.userId });
  return moved.length > 0;
}

async function finish(
  services: Services,
  userId: string,
  { from, to, walletStatus }: { from: NonNullable<WalletBlock>; to: WalletBlock; walletStatus?: string },
  facts: { wallet: 'blocked' | 'unblocked' },
): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    await move({ db: tx }, userId, from, to, walletStatus);
    await appendAudit(tx, services.keyring, { event: 'user_updated', actor: 'system', subject: userId, facts });
  });
}
