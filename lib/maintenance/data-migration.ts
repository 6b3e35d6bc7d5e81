import 'server-only';
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { appendAuditNow } from '@/lib/audit/append';
import { ConfigError } from '@/lib/config/config';
import { logTampering } from '@/lib/crypto/bound-row';
import type { Keyring } from '@/lib/crypto/keyring';
import { boundCustomers } from '@/lib/customers/row';
import type { Database } from '@/lib/db/client';
import {
  accounts,
  approvals,
  auditEvents,
  caseNotes,
  customers,
  details,
  detailsHistory,
  sessions,
  users,
} from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import { canonicalEmail } from '@/lib/email-address';
import { endSessionsIn } from '@/lib/sessions/end';
import { emailColumns } from '@/lib/users/email-columns';
import { identityColumns } from '@/lib/users/identities';
import { keepOlderDetails } from './keep-older-details';

/** Sessions without their key are invalid: people sign in again. */
const SESSIONS = 'sessions';
/** Audit events keep their keys. Without them they stay readable, but `npm run audit:verify` fails. */
const AUDIT = { seals: 'audit_events (seals)', macs: 'audit_events (MACs)' };
/** The start does not need the keys of these. */
const OPTIONAL = [SESSIONS, ...Object.values(AUDIT)];

/**
 * Prepares stored data at start-up, before the portal serves requests: encrypts and binds rows of an older version,
 * checks that every needed key is configured, and copies details of an older version into the history.
 * @throws ConfigError when PII_KEYS lacks a key of encrypted data; the driver's error.
 */
export async function prepareStoredData(db: Database, keyring: Keyring): Promise<void> {
  await bindOlderRows({ db, keyring });
  const needed = await countByKey(db, OPTIONAL);
  const missing = needed.filter(({ kid }) => !keyring.kids.includes(kid));
  if (missing.length === 0) return keepOlderDetails({ db, keyring });
  const found = missing.map(({ kid, table, rows }) => `${rows} rows of ${table} need key "${kid}"`).join(', ');
  throw new ConfigError([{ variable: 'PII_KEYS', problem: `lacks a key: ${found}. Add it behind the others` }]);
}

/**
 * Returns the number of rows that each key protects. After `npm run keys:rotate`, one key remains. Reads the tables whole.
 * @param without tables that are not counted.
 */
export async function countByKey(
  db: Database,
  without: string[] = [],
): Promise<{ table: string; kid: string; rows: number }[]> {
  const kid = (column: unknown) => sql<string>`split_part(${column}, '.', 2)`;
  const rows = sql<number>`count(*)::int`;
  const address = kid(users.email);
  const claims = kid(users.claimsSealed);
  const detail = kid(details.documentNumber);
  const subject = kid(accounts.subjectSealed);
  const firstPart = (column: unknown) => sql<string>`split_part(${column}, '.', 1)`;
  const customer = firstPart(customers.mac);
  const session = firstPart(sessions.mac);
  const history = firstPart(detailsHistory.mac);
  const event = firstPart(auditEvents.mac);
  const note = firstPart(caseNotes.mac);
  const approval = firstPart(approvals.mac);
  const counts = {
    'users (address)': () =>
      db.select({ kid: address, rows }).from(users).where(sql`${users.email} like 'v1.%'`).groupBy(address),
    'users (claims)': () =>
      db.select({ kid: claims, rows }).from(users).where(sql`${users.claimsSealed} is not null`).groupBy(claims),
    accounts: () =>
      db.select({ kid: subject, rows }).from(accounts).where(isNotNull(accounts.subjectSealed)).groupBy(subject),
    customers: () =>
      db.select({ kid: customer, rows }).from(customers).where(isNotNull(customers.mac)).groupBy(customer),
    [SESSIONS]: () => db.select({ kid: session, rows }).from(sessions).where(isNotNull(sessions.mac)).groupBy(session),
    details: () => db.select({ kid: detail, rows }).from(details).groupBy(detail),
    details_history: () =>
      db.select({ kid: history, rows }).from(detailsHistory).where(isNotNull(detailsHistory.mac)).groupBy(history),
    case_notes: () => db.select({ kid: note, rows }).from(caseNotes).where(isNotNull(caseNotes.mac)).groupBy(note),
    approvals: () =>
      db.select({ kid: approval, rows }).from(approvals).where(isNotNull(approvals.mac)).groupBy(approval),
    [AUDIT.seals]: () =>
      db
        .select({ kid: sql<string>`${auditEvents.kid}`, rows })
        .from(auditEvents)
        .where(isNotNull(auditEvents.kid))
        .groupBy(auditEvents.kid),
    [AUDIT.macs]: () =>
      db.select({ kid: event, rows }).from(auditEvents).where(isNotNull(auditEvents.mac)).groupBy(event),
  };
  const found: { table: string; kid: string; rows: number }[] = [];
  for (const [table, count] of Object.entries(counts))
    if (!without.includes(table)) found.push(...(await count()).map((one) => ({ table, ...one })));
  return found;
}

type UsedServices = { db: Database; keyring: Keyring };

const plainAddress = and(isNull(users.emailIndex), isNull(users.deletedAt));
const plainSubject = isNull(accounts.subjectSealed);
const unbound = isNull(customers.mac);

/**
 * Encrypts and binds the rows of versions before 0004_bound_rows.sql, once for each database. Afterwards, an unencrypted
 * row was inserted without the portal and is rejected. The audit log records the migration, because removing that
 * record would be detected.
 */
async function bindOlderRows(services: UsedServices): Promise<void> {
  const { db } = services;
  const left = {
    users: await db.$count(users, plainAddress),
    accounts: await db.$count(accounts, plainSubject),
    customers: await db.$count(customers, unbound),
  };
  const [done] = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(eq(auditEvents.event, 'sys_rows_bound'))
    .orderBy(asc(auditEvents.id))
    .limit(1);
  if (done) {
    for (const [table, rows] of Object.entries(left)) if (rows > 0) logTampering(table, rows);
    return;
  }
  await endUnboundSessions(services);
  await sealPlainAddresses(services);
  await sealPlainSubjects(services);
  await bindCustomers(services);
  await appendAuditNow(services, { event: 'sys_rows_bound', actor: 'system', facts: left });
}

/** Ends sessions without a MAC, because their owner is uncertain. */
async function endUnboundSessions({ db, keyring }: UsedServices): Promise<void> {
  const owners = await db.selectDistinct({ userId: sessions.userId }).from(sessions).where(isNull(sessions.mac));
  for (const { userId } of owners)
    await inTransaction(db, (tx) => endSessionsIn({ keyring }, tx, { userId }, 'expired'));
}

async function sealPlainAddresses({ db, keyring }: UsedServices): Promise<void> {
  for (const { id, email } of await db.select({ id: users.id, email: users.email }).from(users).where(plainAddress)) {
    const canonical = canonicalEmail(email);
    if (!canonical) continue;
    await db
      .update(users)
      .set(emailColumns(keyring, id, canonical))
      .where(and(eq(users.id, id), plainAddress));
  }
}

async function sealPlainSubjects({ db, keyring }: UsedServices): Promise<void> {
  for (const row of await db.select().from(accounts).where(plainSubject)) {
    await db
      .update(accounts)
      .set(identityColumns(keyring, row.userId, row))
      .where(and(eq(accounts.userId, row.userId), eq(accounts.provider, row.provider), plainSubject));
  }
}

async function bindCustomers({ db, keyring }: UsedServices): Promise<void> {
  for (const row of await db.select().from(customers).where(unbound)) {
    await db
      .update(customers)
      .set({ mac: boundCustomers.mac(keyring, row) })
      .where(and(eq(customers.userId, row.userId), unbound));
  }
}
