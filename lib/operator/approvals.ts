import 'server-only';
import { randomUUID } from 'node:crypto';
import { and, asc, eq, gt, isNull, lte, sql } from 'drizzle-orm';
import { boundRow } from '@/lib/crypto/bound-row';
import type { Keyring } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { approvals } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { databaseTime } from './notes';
import { OPERATOR_ACTIONS, type OperatorAction, REASONS } from './reasons';

// Four eyes: an action is requested by one operator and carried out when another one confirms it.

type Row = typeof approvals.$inferSelect;

/** Binds what was requested, by whom and until when. */
export const boundApprovals = boundRow('approvals', [
  'id',
  'userId',
  'action',
  'requestedBy',
  'reason',
  'target',
  'createdAt',
  'expiresAt',
]);

/** A request that waits for a second operator. */
export type Approval = Pick<Row, 'id' | 'userId' | 'requestedBy' | 'target' | 'createdAt' | 'expiresAt'> & {
  action: OperatorAction;
  reason: (typeof REASONS)[number];
};

/** A request waits this long for a decision. */
const HOURS = 24;

/** The decisions about a request. `withdrawn`: refused by the operator who asked. */
export type Decision = 'confirmed' | 'refused' | 'withdrawn';

const isOpen = and(isNull(approvals.decision), gt(approvals.expiresAt, sql`now()`));

/**
 * Stores a request in the caller's transaction.
 * @returns false when there is an open one for this customer and action already.
 */
export async function storeApproval(
  tx: Database,
  keyring: Keyring,
  request: Pick<Approval, 'userId' | 'action' | 'requestedBy' | 'reason' | 'target'>,
): Promise<boolean> {
  const ofThis = and(eq(approvals.userId, request.userId), eq(approvals.action, request.action));
  await tx
    .update(approvals)
    .set({ decision: 'expired', decidedAt: sql`now()` })
    .where(and(ofThis, isNull(approvals.decision), lte(approvals.expiresAt, sql`now()`)));
  const createdAt = await databaseTime(tx);
  const expiresAt = new Date(createdAt.getTime() + HOURS * 3_600_000);
  const bound = { id: randomUUID(), ...request, createdAt, expiresAt };
  const stored = await tx
    .insert(approvals)
    .values({ ...bound, mac: boundApprovals.mac(keyring, bound) })
    .onConflictDoNothing()
    .returning({ id: approvals.id });
  return stored.length > 0;
}

/** Returns the open requests about a customer, the oldest first. @throws the driver's error. */
export async function openApprovals(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userId: string,
): Promise<Approval[]> {
  const rows = await db
    .select()
    .from(approvals)
    .where(and(eq(approvals.userId, userId), isOpen))
    .orderBy(asc(approvals.createdAt));
  return rows.flatMap((row) => toApproval(keyring, row) ?? []);
}

/** Returns an open request and locks it until the transaction ends, or null. */
export async function lockApproval(tx: Database, keyring: Keyring, id: string): Promise<Approval | null> {
  const [row] = await tx
    .select()
    .from(approvals)
    .where(and(eq(approvals.id, id), isOpen))
    .for('update');
  return row ? toApproval(keyring, row) : null;
}

/** Closes a request in the caller's transaction. */
export async function closeApproval(tx: Database, id: string, decision: Decision, decidedBy: string): Promise<void> {
  await tx.update(approvals).set({ decision, decidedBy, decidedAt: sql`now()` }).where(eq(approvals.id, id));
}

/** Returns null for a row that was changed without the portal. */
function toApproval(keyring: Keyring, row: Row): Approval | null {
  const action = OPERATOR_ACTIONS.find((known) => known === row.action);
  const reason = REASONS.find((known) => known === row.reason);
  if (!action || !reason || !boundApprovals.isIntact(keyring, row)) return null;
  const { id, userId, requestedBy, target, createdAt, expiresAt } = row;
  return { id, userId, requestedBy, target, createdAt, expiresAt, action, reason };
}
