// Simulates an attacker with write access to the database and without a key, who swaps values or inserts rows.
// ASVS 5.0: 14.2.4
import { createHash, randomUUID } from 'node:crypto';
import { getTableColumns, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { boundCustomers, readCustomerState } from '@/lib/customers/row';
import { accounts, authorisations, customers, sessions, users, verificationTokens } from '@/lib/db/schema';
import { log } from '@/lib/log/log';
import { readCustomerFile } from '@/lib/operator/customers';
import { exportOwnData } from '@/lib/privacy/export-data';
import { reconcile } from '@/lib/server/reconciler';
import { findSession } from '@/lib/sessions/find';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { portalAdapter } from '@/lib/sign-in/adapter';
import { emailColumns } from '@/lib/users/email-columns';
import { findUser } from '@/lib/users/find';
import { NO_LISTENER, type Portal, signIn, startPortal } from '@/tests/portal';

/** A person with all their identifiers. The victim is also an operator. */
interface Person {
  id: string;
  email: string;
  subject: string;
  cookie: string;
  link: string;
  customerId: string;
  walletId: string;
}

type Row = Record<string, unknown>;

/** Tables that identify people, with the columns that decide identity and the others. */
const TABLES: { name: string; table: PgTable; decides: string[]; other: string[] }[] = [
  {
    name: 'users',
    table: users,
    decides: ['id', 'email', 'emailIndex'],
    other: [
      'emailVerifiedAt',
      'claimsSealed',
      'language',
      'signInLanguage',
      'mutedMessages',
      'blockedAt',
      'deletedAt',
      'searchable',
      'createdAt',
    ],
  },
  {
    name: 'accounts',
    table: accounts,
    decides: ['userId', 'providerAccountId', 'subjectSealed'],
    other: ['provider', 'createdAt'],
  },
  {
    name: 'sessions',
    table: sessions,
    decides: [
      'id',
      'tokenHash',
      'userId',
      'role',
      'provider',
      'authenticatedAt',
      'expiresAt',
      'providerSession',
      'roleGroup',
      'mac',
    ],
    other: ['createdAt', 'lastSeenAt', 'userAgent', 'network', 'authorisedEpoch', 'authorisedUntil', 'flash'],
  },
  {
    name: 'verification_tokens',
    table: verificationTokens,
    decides: ['identifier', 'token', 'expiresAt', 'mac'],
    other: [],
  },
  {
    name: 'customers',
    table: customers,
    decides: ['userId', 'externalId', 'customerId', 'walletId', 'mac'],
    other: [
      'state',
      'stateSince',
      'createAttemptedAt',
      'verificationStatus',
      'walletStatus',
      'rejectionCode',
      'detailsVersion',
      'acceptedVersion',
      'review',
      'reviewSince',
      'consentWithdrawnAt',
      'walletBlock',
      'conflictDismissedAt',
      'sentVersion',
      'checkedAt',
      'attempts',
      'nextAttemptAt',
      'leaseOwner',
      'leaseUntil',
      'createdAt',
    ],
  },
];

let portal: Portal;
let attacker: Person;
let victim: Person;
/** The original rows of each table: the attacker's, then the victim's. */
let written: Map<string, [Row, Row]>;
const adapter = portalAdapter(async () => portal.services);
const { useVerificationToken: redeem } = adapter;
const alarm = () => vi.spyOn(log(), 'error');

beforeAll(async () => {
  const roles = { OPERATOR_ROLES_CLAIM: 'groups', OPERATOR_ROLES: 'leads=supervisor' };
  portal = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` }, undefined, roles);
  attacker = await addPerson('attacker@evil.example', -60_000, 'email');
  victim = await addPerson('operator@example.com', 0, 'oidc');
  written = new Map();
  for (const { name, table } of TABLES) {
    const rows = (await portal.services.db.select().from(table)) as Row[];
    const [first, second] = rows;
    if (!first || !second || rows.length > 2) throw new Error(`${rows.length} rows in ${name}`);
    written.set(name, isAttackers(first) ? [first, second] : [second, first]);
  }
});
beforeEach(restore);
afterEach(() => vi.restoreAllMocks());
afterAll(() => portal?.close());

function isAttackers(row: Row): boolean {
  return [row.id, row.userId].includes(attacker.id) || row.token === hashOf(attacker.link);
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

async function addPerson(email: string, later: number, provider: string): Promise<Person> {
  const { db, keyring } = portal.services;
  const id = randomUUID();
  await db.insert(users).values({ id, ...emailColumns(keyring, id, email), emailVerifiedAt: new Date() });
  const subject = `subject of ${email}`;
  const account = { type: 'oauth', provider: 'oidc', providerAccountId: subject, userId: id } as const;
  await adapter.linkAccount?.({ ...account, verifiedAddress: email });
  const authTime = Math.floor((Date.now() + later) / 1000) - 1;
  const atProvider = { subject: id, sid: id, issuedAt: authTime };
  const groups = provider === 'oidc' ? ['leads'] : [];
  const { cookie } = await signIn(portal.services, id, { provider, authTime, atProvider, groups });
  const link = randomUUID();
  const expires = new Date(Date.now() + 600_000 + later);
  await adapter.createVerificationToken?.({ identifier: email, token: hashOf(link), expires });
  const bound = { userId: id, externalId: randomUUID(), customerId: randomUUID(), walletId: randomUUID() };
  await db.insert(customers).values({ ...bound, state: 'linked', mac: boundCustomers.mac(keyring, bound) });
  return { id, email, subject, cookie, link, customerId: bound.customerId, walletId: bound.walletId };
}

/** Replaces the rows of a table without the portal and without foreign keys. */
async function overwrite(table: PgTable, rows: Row[]): Promise<void> {
  await portal.services.db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.delete(table);
    for (const row of rows) await tx.insert(table).values(row);
  });
}

async function restore(): Promise<void> {
  for (const { name, table } of TABLES) await overwrite(table, written.get(name) ?? []);
}

/** Looks up both people by every identifier. Fails when one leads to the other person. */
async function expectNoImpersonation(): Promise<void> {
  for (const [person, other] of [
    [attacker, victim],
    [victim, attacker],
  ] as const) {
    // A browser is signed in as its owner or signed out.
    const session = await findSession(portal.services, person.cookie);
    if (session) {
      expect(session).toMatchObject({ userId: person.id, role: person === victim ? 'supervisor' : 'customer' });
      expect(session.email).not.toBe(other.email);
      const exported = JSON.stringify(await exportOwnData(portal.services, session));
      for (const foreign of [other.email, other.subject, other.customerId, other.walletId])
        expect(exported).not.toContain(foreign);
    }
    for (const found of [
      await idOf(adapter.getUserByAccount?.({ provider: 'oidc', providerAccountId: person.subject })),
      await idOf(adapter.getUserByEmail?.(person.email)),
      await idOf(findUser(portal.services, person.email)),
    ])
      expect([person.id, null]).toContain(found);
    // A link signs in only its recipient.
    const theirs = await redeem?.({ identifier: other.email, token: hashOf(person.link) });
    expect(theirs ?? null).toBeNull();
    await redeem?.({ identifier: person.email, token: hashOf(person.link) });
    const customer = JSON.stringify(await readCustomerState(portal.services, person.id));
    for (const foreign of [other.customerId, other.walletId]) expect(customer).not.toContain(foreign);
    const file = await readCustomerFile(portal.services, person.id);
    for (const foreign of [other.email, other.subject, other.customerId, other.walletId])
      expect(JSON.stringify(file)).not.toContain(foreign);
  }
}

/** Returns the id of a user, or null when not found or rejected. */
async function idOf(found: unknown): Promise<string | null> {
  try {
    return ((await found) as { id: string } | null)?.id ?? null;
  } catch {
    return null;
  }
}

const exchanged = ([one, two]: [Row, Row], columns: string[]): [Row, Row] => [
  { ...one, ...pick(two, columns) },
  { ...two, ...pick(one, columns) },
];
const pick = (row: Row, columns: string[]) => Object.fromEntries(columns.map((column) => [column, row[column]]));

function rowsOf(name: string): [Row, Row] {
  const rows = written.get(name);
  if (!rows) throw new Error(name);
  return rows;
}

test('leads from unchanged rows to their owners without an alarm', async () => {
  const raised = alarm();
  for (const { id, email, cookie, subject, customerId } of [attacker, victim]) {
    expect(await findSession(portal.services, cookie)).toMatchObject({ userId: id, email });
    expect(await idOf(adapter.getUserByAccount?.({ provider: 'oidc', providerAccountId: subject }))).toBe(id);
    expect(await readCustomerState(portal.services, id)).toMatchObject({ state: 'ready', customerId });
  }
  await expectNoImpersonation();
  expect(raised).not.toHaveBeenCalled();
});

describe.each(TABLES)('$name', ({ name, table, decides, other }) => {
  test('declares for every column whether it decides identity [T36]', () => {
    expect([...decides, ...other].sort()).toEqual(Object.keys(getTableColumns(table)).sort());
  });

  test.each(decides)('detects a swapped %s and prevents impersonation', async (column) => {
    const raised = alarm();
    await overwrite(table, exchanged(rowsOf(name), [column]));
    await expectNoImpersonation();
    expect(raised).toHaveBeenCalled();
  });

  test.each(decides)('detects a %s copied from a deleted row', async (column) => {
    const raised = alarm();
    const [own, theirs] = rowsOf(name);
    await overwrite(table, [{ ...own, ...pick(theirs, [column]) }]);
    await expectNoImpersonation();
    expect(raised).toHaveBeenCalled();
  });

  test('prevents impersonation with any swapped or copied columns [T36]', async () => {
    const columns = fc.subarray([...decides, ...other], { minLength: 1 });
    await fc.assert(
      fc
        .asyncProperty(columns, fc.boolean(), async (some, keepTheirs) => {
          const [own, theirs] = exchanged(rowsOf(name), some);
          await overwrite(table, keepTheirs ? [own, theirs] : [own]);
          await expectNoImpersonation();
        })
        .beforeEach(restore),
      { numRuns: 20 },
    );
  });
});

test.each([
  ['no MAC', () => null],
  ['a MAC of another row', () => String(rowsOf('sessions')[0].mac)],
  ['the victim’s MAC', () => String(rowsOf('sessions')[1].mac)],
  ['a MAC of a made-up key', () => `made-up.${hashOf('anything')}`],
  ['a plain hash instead of a MAC', () => `sample.${hashOf('anything')}`],
])('rejects an inserted session with %s', async (_, mac) => {
  const raised = alarm();
  const cookie = 'chosen by the attacker';
  const row = { ...rowsOf('sessions')[1], id: randomUUID(), tokenHash: hashSessionToken(cookie), mac: mac() };
  await portal.services.db.insert(sessions).values(row as typeof sessions.$inferInsert);
  expect(await findSession(portal.services, cookie)).toBeNull();
  expect(raised).toHaveBeenCalledWith(expect.objectContaining({ event: 'integrity_check_failed', table: 'sessions' }));
});

test('rejects a session with a later expiry', async () => {
  const [row] = rowsOf('sessions');
  const change = { expiresAt: new Date(Number(row.expiresAt) + 1) };
  await overwrite(sessions, [{ ...row, ...change }]);
  expect(await findSession(portal.services, attacker.cookie)).toBeNull();
});

test('shows a conflict to a customer with a changed row, and to operators', async () => {
  await overwrite(customers, exchanged(rowsOf('customers'), ['customerId', 'walletId']));
  expect(await readCustomerState(portal.services, victim.id)).toEqual({ state: 'conflict' });
  expect(await readCustomerFile(portal.services, victim.id)).toMatchObject({ state: 'conflict', walletId: null });
});

test('does not revoke another person’s access after a swap, and revokes once the row is repaired', async () => {
  const { db } = portal.services;
  await db.insert(authorisations).values({ userId: victim.id, epoch: 1 });
  await overwrite(customers, exchanged(rowsOf('customers'), ['customerId']));
  const kunacore = { ...portal.services.kunacore, invalidate: vi.fn() };
  expect(await reconcile({ ...portal.services, kunacore })).toMatchObject({ unavailable: false, more: false });
  expect(kunacore.invalidate).not.toHaveBeenCalled();
  const [row] = await db.select().from(authorisations);
  expect(row).toMatchObject({ epoch: 1, revokedEpoch: 0, attempts: 1 });
  // The institution repairs the row: the pending revocation now reaches the right customer.
  await overwrite(customers, rowsOf('customers'));
  await db.update(authorisations).set({ nextAttemptAt: sql`now()` });
  await reconcile({ ...portal.services, kunacore });
  expect(kunacore.invalidate.mock.calls).toEqual([[victim.customerId]]);
});
