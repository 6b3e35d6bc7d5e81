import 'server-only';
import { randomUUID } from 'node:crypto';
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { appendCountedAudit } from '@/lib/audit/counted';
import { boundRow } from '@/lib/crypto/bound-row';
import { type Keyring, SealError } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { caseNotes, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { may } from './permissions';

type Row = typeof caseNotes.$inferSelect;

/** Binds what a note says to its author, customer and time. */
export const boundNotes = boundRow('case_notes', ['id', 'userId', 'authorId', 'action', 'reason', 'createdAt']);

/** A note about a customer, or the reason of an action. */
export interface Note extends Pick<Row, 'id' | 'authorId' | 'action' | 'reason' | 'createdAt'> {
  /** Empty without a text; null when no key opens it. */
  text: string | null;
}

const MOST = 50;

/** Returns the newest notes about a customer. Leaves out rows that were changed without the portal. */
export async function listNotes({ db, keyring }: Pick<Services, 'db' | 'keyring'>, userId: string): Promise<Note[]> {
  const rows = await db
    .select()
    .from(caseNotes)
    .where(eq(caseNotes.userId, userId))
    .orderBy(desc(caseNotes.createdAt))
    .limit(MOST);
  return rows
    .filter((row) => boundNotes.isIntact(keyring, row))
    .map((row) => {
      const { id, authorId, action, reason, createdAt } = row;
      return { id, authorId, action, reason, createdAt, text: readText(keyring, row) };
    });
}

/**
 * Adds an operator's note and records it in the audit log.
 * @returns false without the permission, or for an unknown or deleted customer. @throws the driver's error.
 */
export async function addNote(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  operator: Pick<LiveSession, 'userId' | 'role'>,
  userId: string,
  text: string,
): Promise<boolean> {
  if (!may(operator.role, 'add-note')) return false;
  return inTransaction(db, async (tx) => {
    // Locked, so that a deletion meanwhile deletes this note too.
    const present = and(eq(users.id, userId), isNull(users.deletedAt));
    const [customer] = await tx.select({ id: users.id }).from(users).where(present).for('share');
    if (!customer) return false;
    await storeNote(tx, keyring, { userId, authorId: operator.userId, text, action: null, reason: null });
    const actor = `operator:${operator.userId}` as const;
    await appendCountedAudit(tx, keyring, {
      event: 'authz_change',
      actor,
      subject: userId,
      facts: { action: 'add-note' },
    });
    return true;
  });
}

/** Stores a note in the caller's transaction. */
export async function storeNote(
  tx: Database,
  keyring: Keyring,
  note: Pick<Row, 'userId' | 'authorId' | 'action' | 'reason'> & { text: string },
): Promise<void> {
  const { text, ...columns } = note;
  const bound = { id: randomUUID(), ...columns, createdAt: await databaseTime(tx) };
  const textSealed = text === '' ? null : keyring.seal(text, associatedData(bound));
  await tx.insert(caseNotes).values({ ...bound, textSealed, mac: boundNotes.mac(keyring, bound) });
}

/** Returns the database's time in milliseconds, which is what MACs cover. */
export async function databaseTime(tx: Database): Promise<Date> {
  const now = sql`(extract(epoch from now()) * 1000)::bigint::text`.mapWith((ms) => new Date(Number(ms)));
  const [row] = await tx.select({ now }).from(sql`(values (1)) as one`);
  if (!row) throw new Error('The database returned no time');
  return row.now;
}

/** Returns the associated data of a note's text (lib/crypto/keyring.ts). */
export function associatedData({ id, userId, authorId }: Pick<Row, 'id' | 'userId' | 'authorId'>): string {
  return `case_notes.text.${id}.${userId}.${authorId}`;
}

function readText(keyring: Keyring, row: Row): string | null {
  if (row.textSealed === null) return '';
  try {
    return keyring.open(row.textSealed, associatedData(row));
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
