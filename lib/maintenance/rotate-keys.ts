import 'server-only';
import { and, asc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import { IntegrityError, isCurrentTag } from '@/lib/crypto/bound-row';
import { type Keyring, SealError } from '@/lib/crypto/keyring';
import { associatedData as associatedDataOfDetail } from '@/lib/customers/associated-data';
import { DETAIL_FIELDS, type Details } from '@/lib/customers/detail-fields';
import { sourcesData } from '@/lib/customers/details';
import { associatedData as associatedDataOfHistory, boundHistory, type HistoryRow } from '@/lib/customers/history';
import { associatedData as associatedDataOfClaims } from '@/lib/customers/prefill';
import { boundCustomers } from '@/lib/customers/row';
import { indexForSearch } from '@/lib/customers/search-index';
import { accounts, approvals, caseNotes, customers, details, detailsHistory, sessions, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import { boundApprovals } from '@/lib/operator/approvals';
import { associatedData as associatedDataOfNote, boundNotes } from '@/lib/operator/notes';
import type { Services } from '@/lib/services';
import { boundSessions } from '@/lib/sessions/bound-rows';
import { emailColumns, openEmail } from '@/lib/users/email-columns';
import { identityColumns, openSubject } from '@/lib/users/identities';

/** The result of a rotation: the number of rewritten rows, and of rows that no key opens. */
export interface Rotation {
  rewritten: number;
  unreadable: number;
}

const BATCH = 100;
type UsedServices = Pick<Services, 'db' | 'keyring'>;

/**
 * Rewrites all values of older keys with the writing key while the portal runs. Changes a row only if it is still as
 * read. Repeat until nothing is left. The older key can then be removed, unless the audit log needs it.
 * (ASVS 5.0 11.2.2, 13.3.4)
 * @throws the driver's error. Rewritten rows stay.
 */
export async function rotateKeys(services: UsedServices): Promise<Rotation> {
  const done: Rotation = { rewritten: 0, unreadable: 0 };
  await eachRow(
    (after) => userRows(services, after),
    (row) => rotateUser(services, row),
    done,
  );
  await eachRow(
    (after) => detailRows(services, after),
    (row) => rotateDetails(services, row),
    done,
  );
  await eachRow(
    (after) => accountRows(services, after),
    (row) => rotateAccount(services, row),
    done,
  );
  await eachRow(
    (after) => customerRows(services, after),
    (row) => rotateCustomer(services, row),
    done,
  );
  await eachRow(
    (after) => sessionRows(services, after),
    (row) => rotateSession(services, row),
    done,
  );
  await eachRow(
    (after) => historyRows(services, after),
    (row) => rotateHistory(services, row),
    done,
  );
  await eachRow(
    (after) => noteRows(services, after),
    (row) => rotateNote(services, row),
    done,
  );
  await eachRow(
    (after) => approvalRows(services, after),
    (row) => rotateApproval(services, row),
    done,
  );
  return done;
}

async function eachRow<Row extends { key: string }>(
  read: (after: string | null) => Promise<Row[]>,
  rotate: (row: Row) => Promise<boolean>,
  done: Rotation,
): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const rows: Row[] = await read(after);
    for (const row of rows) {
      try {
        if (await rotate(row)) done.rewritten += 1;
      } catch (error) {
        if (!(error instanceof SealError || error instanceof IntegrityError)) throw error;
        done.unreadable += 1;
      }
      after = row.key;
    }
    if (rows.length < BATCH) return;
  }
}

async function userRows({ db }: UsedServices, after: string | null) {
  const rows = await db
    .select()
    .from(users)
    .where(and(isNull(users.deletedAt), after ? gt(users.id, after) : undefined))
    .orderBy(asc(users.id))
    .limit(BATCH);
  return rows.map((row) => ({ ...row, key: row.id }));
}

async function rotateUser({ db, keyring }: UsedServices, row: typeof users.$inferSelect): Promise<boolean> {
  const { id, email, claimsSealed } = row;
  const current = keyring.isCurrent(email) && (!claimsSealed || keyring.isCurrent(claimsSealed));
  if (current) return false;
  const claims = claimsSealed && resealed(keyring, claimsSealed, associatedDataOfClaims(id));
  const asRead: SQL | undefined = and(
    eq(users.id, id),
    eq(users.email, email),
    claimsSealed ? eq(users.claimsSealed, claimsSealed) : isNull(users.claimsSealed),
  );
  return inTransaction(db, async (tx) => {
    const changed = await tx
      .update(users)
      .set({ ...emailColumns(keyring, id, openEmail(keyring, row)), claimsSealed: claims })
      .where(asRead)
      .returning({ id: users.id });
    if (changed.length > 0) await indexForSearch(tx, keyring, id);
    return changed.length > 0;
  });
}

async function detailRows({ db }: UsedServices, after: string | null) {
  const rows = await db
    .select()
    .from(details)
    .where(after ? gt(details.userId, after) : undefined)
    .orderBy(asc(details.userId))
    .limit(BATCH);
  return rows.map((row) => ({ ...row, key: row.userId }));
}

async function rotateDetails({ db, keyring }: UsedServices, row: typeof details.$inferSelect): Promise<boolean> {
  const { userId, sourcesSealed: sources } = row;
  const sealed = [...DETAIL_FIELDS.map((field) => row[field]), ...(sources ? [sources] : [])];
  if (sealed.every((value) => keyring.isCurrent(value))) return false;
  const fields = DETAIL_FIELDS.map((field) => [
    field,
    resealed(keyring, row[field], associatedDataOfDetail(userId, field)),
  ]);
  return inTransaction(db, async (tx) => {
    const changed = await tx
      .update(details)
      .set({
        ...(Object.fromEntries(fields) as Details),
        sourcesSealed: sources && resealed(keyring, sources, sourcesData(userId)),
      })
      .where(
        and(
          eq(details.userId, userId),
          eq(details.documentNumber, row.documentNumber),
          sources ? eq(details.sourcesSealed, sources) : isNull(details.sourcesSealed),
        ),
      )
      .returning({ userId: details.userId });
    if (changed.length > 0) await indexForSearch(tx, keyring, userId);
    return changed.length > 0;
  });
}

async function accountRows({ db }: UsedServices, after: string | null) {
  const [userId, provider] = after?.split(' ') ?? [];
  const rows = await db
    .select()
    .from(accounts)
    .where(after ? sql`(${accounts.userId}, ${accounts.provider}) > (${userId}::uuid, ${provider})` : undefined)
    .orderBy(asc(accounts.userId), asc(accounts.provider))
    .limit(BATCH);
  return rows.map((row) => ({ ...row, key: `${row.userId} ${row.provider}` }));
}

async function rotateAccount({ db, keyring }: UsedServices, row: typeof accounts.$inferSelect): Promise<boolean> {
  const { userId, provider, providerAccountId, subjectSealed } = row;
  const subject = openSubject(keyring, row);
  if (subjectSealed && keyring.isCurrent(subjectSealed) && isCurrentTag(keyring, providerAccountId)) return false;
  const changed = await db
    .update(accounts)
    .set(identityColumns(keyring, userId, { provider, providerAccountId: subject }))
    .where(
      and(
        eq(accounts.userId, userId),
        eq(accounts.provider, provider),
        eq(accounts.subjectSealed, subjectSealed ?? ''),
      ),
    )
    .returning({ userId: accounts.userId });
  return changed.length > 0;
}

async function customerRows({ db }: UsedServices, after: string | null) {
  const rows = await db
    .select()
    .from(customers)
    .where(after ? gt(customers.userId, after) : undefined)
    .orderBy(asc(customers.userId))
    .limit(BATCH);
  return rows.map((row) => ({ ...row, key: row.userId }));
}

async function rotateCustomer({ db, keyring }: UsedServices, row: typeof customers.$inferSelect): Promise<boolean> {
  const mac = boundCustomers.renewed(keyring, row);
  if (!mac) return false;
  const asRead = and(eq(customers.userId, row.userId), eq(customers.mac, row.mac ?? ''));
  return (await db.update(customers).set({ mac }).where(asRead).returning({ userId: customers.userId })).length > 0;
}

async function sessionRows({ db }: UsedServices, after: string | null) {
  const rows = await db
    .select()
    .from(sessions)
    .where(after ? gt(sessions.id, after) : undefined)
    .orderBy(asc(sessions.id))
    .limit(BATCH);
  return rows.map((row) => ({ ...row, key: row.id }));
}

async function rotateSession({ db, keyring }: UsedServices, row: typeof sessions.$inferSelect): Promise<boolean> {
  const mac = boundSessions.renewed(keyring, row);
  if (!mac) return false;
  const asRead = and(eq(sessions.id, row.id), eq(sessions.mac, row.mac ?? ''));
  return (await db.update(sessions).set({ mac }).where(asRead).returning({ id: sessions.id })).length > 0;
}

async function historyRows({ db }: UsedServices, after: string | null) {
  const [userId, version, event, actor] = after?.split(' ') ?? [];
  const { userId: ofUser, version: ofVersion, event: ofEvent, actor: ofActor } = detailsHistory;
  const rows = await db
    .select()
    .from(detailsHistory)
    .where(
      after
        ? sql`(${ofUser}, ${ofVersion}, ${ofEvent}, ${ofActor}) > (${userId}::uuid, ${version}::int, ${event}, ${actor})`
        : undefined,
    )
    .orderBy(asc(ofUser), asc(ofVersion), asc(ofEvent), asc(ofActor))
    .limit(BATCH);
  return rows.map((row) => ({ ...row, key: `${row.userId} ${row.version} ${row.event} ${row.actor}` }));
}

/** Re-seals content and MAC together: the table's trigger permits nothing else, and this only under another key. */
async function rotateHistory({ db, keyring }: UsedServices, row: HistoryRow): Promise<boolean> {
  const mac = boundHistory.renewed(keyring, row);
  if (!mac) return false;
  const sealed = row.sealed && resealed(keyring, row.sealed, associatedDataOfHistory(row));
  const asRead = and(
    eq(detailsHistory.userId, row.userId),
    eq(detailsHistory.version, row.version),
    eq(detailsHistory.event, row.event),
    eq(detailsHistory.actor, row.actor),
    eq(detailsHistory.mac, row.mac ?? ''),
  );
  const changed = await db
    .update(detailsHistory)
    .set({ sealed, mac })
    .where(asRead)
    .returning({ userId: detailsHistory.userId });
  return changed.length > 0;
}

async function noteRows({ db }: UsedServices, after: string | null) {
  const rows = await db
    .select()
    .from(caseNotes)
    .where(after ? gt(caseNotes.id, after) : undefined)
    .orderBy(asc(caseNotes.id))
    .limit(BATCH);
  return rows.map((row) => ({ ...row, key: row.id }));
}

async function rotateNote({ db, keyring }: UsedServices, row: typeof caseNotes.$inferSelect): Promise<boolean> {
  const mac = boundNotes.renewed(keyring, row);
  const { textSealed } = row;
  if (!mac && (textSealed === null || keyring.isCurrent(textSealed))) return false;
  const changed = await db
    .update(caseNotes)
    .set({
      mac: mac ?? row.mac,
      textSealed: textSealed && resealed(keyring, textSealed, associatedDataOfNote(row)),
    })
    .where(and(eq(caseNotes.id, row.id), eq(caseNotes.mac, row.mac ?? '')))
    .returning({ id: caseNotes.id });
  return changed.length > 0;
}

async function approvalRows({ db }: UsedServices, after: string | null) {
  const rows = await db
    .select()
    .from(approvals)
    .where(after ? gt(approvals.id, after) : undefined)
    .orderBy(asc(approvals.id))
    .limit(BATCH);
  return rows.map((row) => ({ ...row, key: row.id }));
}

async function rotateApproval({ db, keyring }: UsedServices, row: typeof approvals.$inferSelect): Promise<boolean> {
  const mac = boundApprovals.renewed(keyring, row);
  if (!mac) return false;
  const asRead = and(eq(approvals.id, row.id), eq(approvals.mac, row.mac ?? ''));
  return (await db.update(approvals).set({ mac }).where(asRead).returning({ id: approvals.id })).length > 0;
}

function resealed(keyring: Keyring, sealed: string, associatedData: string): string {
  return keyring.seal(keyring.open(sealed, associatedData), associatedData);
}
