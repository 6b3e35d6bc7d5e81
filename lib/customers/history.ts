import 'server-only';
import { and, asc, eq, sql } from 'drizzle-orm';
import { placeColumns } from '@/lib/audit/append';
import { boundRow, IntegrityError } from '@/lib/crypto/bound-row';
import { type Keyring, SealError } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { detailsHistory } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { Details, FieldSources } from './detail-fields';
import { readSources } from './sources';

type UsedServices = Pick<Services, 'db' | 'keyring'>;
export type HistoryRow = typeof detailsHistory.$inferSelect;
export type Actor = `user:${string}` | `operator:${string}` | 'system';

/** The columns of a version that every event about it repeats. */
export type VersionKey = Pick<HistoryRow, 'userId' | 'version' | 'consentVersion' | 'consentedAt' | 'reviewers'>;

/** What a version of the details contains. */
export interface VersionContent {
  email: string;
  details: Details;
  sources: FieldSources;
}

/** A version of the details as it was stored. Never changes. */
export type DetailsVersion = VersionKey & VersionContent;

/** Binds everything that decides whether a version may be handed over. The encrypted content is bound to its row. */
export const boundHistory = boundRow('details_history', [
  'userId',
  'version',
  'event',
  'actor',
  'at',
  'consentVersion',
  'consentedAt',
  'reviewers',
]);

/** What became of a version, for `appendHistory`. `at` has milliseconds, as `readClock` returns it. */
export interface HistoryEntry {
  kind: HistoryRow['event'];
  actor: Actor;
  at: Date;
  content?: object;
}

/** Appends to the history, in the transaction of the change. The same event of the same actor counts once. */
export async function appendHistory(
  { db, keyring }: UsedServices,
  { userId, version, consentVersion, consentedAt, reviewers }: VersionKey,
  { kind, actor, at, content }: HistoryEntry,
): Promise<void> {
  const row = { userId, version, event: kind, actor, at, consentVersion, consentedAt, reviewers };
  const sealed = content ? keyring.seal(JSON.stringify(content), associatedData(row)) : null;
  await db
    .insert(detailsHistory)
    .values({ ...row, sealed, mac: boundHistory.mac(keyring, row) })
    .onConflictDoNothing();
}

/** Records, with the change that it causes, that KunaCore has a version. */
export async function recordHandover(services: UsedServices, version: DetailsVersion): Promise<void> {
  const at = await readClock(services.db);
  await appendHistory(services, version, { kind: 'handed-over', actor: 'system', at });
}

/** Returns the database's time in milliseconds, which MACs cover. */
export async function readClock(db: Database): Promise<Date> {
  const [{ at } = { at: new Date() }] = await db.select({ at: placeColumns.at }).from(sql`(select 1) as clock`);
  return at;
}

/**
 * Returns a version as it was stored, or null.
 * @throws IntegrityError when the row was changed without the portal; SealError; the driver's error.
 */
export async function readVersion(
  { db, keyring }: UsedServices,
  userId: string,
  version: number,
): Promise<DetailsVersion | null> {
  const [row] = await db
    .select()
    .from(detailsHistory)
    .where(isOf(userId, version, 'stored'))
    .limit(1);
  if (!row) return null;
  if (!boundHistory.isIntact(keyring, row)) throw new IntegrityError('details_history');
  const { email, details, sources } = openContent(keyring, row) as VersionContent;
  return { ...row, email, details, sources: readSources(sources) };
}

/** Returns the operators who accepted a version. Leaves out rows that the portal did not write. */
export async function readAcceptances(
  { db, keyring }: UsedServices,
  userId: string,
  version: number,
): Promise<string[]> {
  const rows = await db
    .select()
    .from(detailsHistory)
    .where(isOf(userId, version, 'accepted'));
  return rows.filter((row) => boundHistory.isIntact(keyring, row)).map(({ actor }) => actor);
}

/** Returns everything about a person's details, the oldest first, without what no key opens. @throws the driver's error. */
export async function readHistory(
  { db, keyring }: UsedServices,
  userId: string,
): Promise<{ row: HistoryRow; content: unknown }[]> {
  const rows = await db
    .select()
    .from(detailsHistory)
    .where(eq(detailsHistory.userId, userId))
    .orderBy(asc(detailsHistory.at), asc(detailsHistory.version));
  return rows.map((row) => ({ row, content: openOrNull(keyring, row) }));
}

function openOrNull(keyring: Keyring, row: HistoryRow): unknown {
  try {
    return openContent(keyring, row);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** Returns the encrypted content of a row, or null when it has none. @throws SealError */
export function openContent(keyring: Keyring, row: HistoryRow): unknown {
  return row.sealed === null ? null : JSON.parse(keyring.open(row.sealed, associatedData(row)));
}

/** Returns the associated data of a row's content (lib/crypto/keyring.ts). */
export function associatedData({ userId, version, event, actor }: Omit<HistoryRow, 'sealed' | 'mac'>): string {
  return `details_history.${userId}.${version}.${event}.${actor}`;
}

function isOf(userId: string, version: number, event: HistoryRow['event']) {
  return and(eq(detailsHistory.userId, userId), eq(detailsHistory.version, version), eq(detailsHistory.event, event));
}
