// ASVS 5.0: 11.2.2
import { eq } from 'drizzle-orm';
import { afterEach, expect, test } from 'vitest';
import { ConfigError } from '@/lib/config/config';
import { createKeyring, SealError } from '@/lib/crypto/keyring';
import { readDetails, storeDetails } from '@/lib/customers/details';
import { readVersion } from '@/lib/customers/history';
import { openClaims, savePrefill } from '@/lib/customers/prefill';
import { readCustomerState } from '@/lib/customers/row';
import { details, sessions, users } from '@/lib/db/schema';
import { openApprovals, storeApproval } from '@/lib/operator/approvals';
import { addNote, listNotes } from '@/lib/operator/notes';
import { findSession } from '@/lib/sessions/find';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { portalAdapter } from '@/lib/sign-in/adapter';
import { findUser } from '@/lib/users/find';
import { findIdentity, linkIdentity } from '@/lib/users/identities';
import { addUser, DETAILS, signIn, useLonePortal } from '@/tests/portal';
import { countByKey, prepareStoredData } from './data-migration';
import { rotateKeys } from './rotate-keys';

const oldKey = { kid: 'old', key: Buffer.alloc(32, 1) };
const newKey = { kid: 'new', key: Buffer.alloc(32, 2) };
const before = createKeyring([oldKey]);
const between = createKeyring([newKey, oldKey]);
const after = createKeyring([newKey]);

const portal = useLonePortal();
afterEach(() => portal.empty());

const using = (keyring: typeof before) => ({ ...portal.services, keyring });

async function addPerson() {
  const user = await addUser(using(before));
  await storeDetails(using(before), user.id, DETAILS);
  await savePrefill(using(before), user.id, { firstName: 'Olena' });
  const subject = { provider: 'oidc', providerAccountId: `subject of ${user.id}` };
  await linkIdentity(using(before), user.id, subject, user.email);
  const { cookie } = await signIn(using(before), user.id);
  await addNote(using(before), { userId: user.id, role: 'agent' }, user.id, 'called back');
  await portal.services.db.transaction((tx) =>
    storeApproval(tx, before, {
      userId: user.id,
      action: 'unblock',
      requestedBy: user.id,
      reason: 'checked',
      target: null,
    }),
  );
  return { ...user, subject, cookie };
}

/** Protected rows of a person: user, details, identity, customer, session, note, request, history. */
const ROWS = 8;
const TABLES = [
  'users (address)',
  'users (claims)',
  'details',
  'accounts',
  'customers',
  'sessions',
  'case_notes',
  'approvals',
  'details_history',
];

const kidsOf = async (...tables: string[]) =>
  (await countByKey(portal.services.db)).filter(({ table }) => tables.includes(table)).map(({ kid }) => kid);

test('rewrites every row with the new key without changing its content', async () => {
  const people = [await addPerson(), await addPerson(), await addPerson()];
  expect(await rotateKeys(using(between))).toEqual({ rewritten: 3 * ROWS, unreadable: 0 });
  expect(await kidsOf(...TABLES)).toEqual(TABLES.map(() => 'new'));
  for (const { id, email, subject, cookie } of people) {
    expect((await readDetails(using(after), id))?.details).toEqual(DETAILS);
    expect(await readVersion(using(after), id, 1)).toMatchObject({ email, details: DETAILS });
    expect(await findUser(using(after), email)).toMatchObject({ id });
    expect(await findIdentity(using(after), subject)).toBe(id);
    expect(await findSession(using(after), cookie)).toMatchObject({ userId: id });
    expect(await listNotes(using(after), id)).toMatchObject([{ text: 'called back' }]);
    expect(await openApprovals(using(after), id)).toMatchObject([{ reason: 'checked' }]);
    expect(await readCustomerState(using(after), id)).toEqual({ state: 'creating' });
    const [row] = await portal.services.db.select().from(users).where(eq(users.id, id));
    expect(openClaims(using(after), id, row?.claimsSealed ?? null)).toMatchObject({ firstName: 'Olena' });
  }
  expect(await rotateKeys(using(between))).toEqual({ rewritten: 0, unreadable: 0 });
});

test('causes no errors and loses no writes under load [T36]', async () => {
  const people: Awaited<ReturnType<typeof addPerson>>[] = [];
  // One after another: thirty at once would wait for ten connections, and a busy machine is too slow for that.
  for (let n = 0; n < 30; n += 1) people.push(await addPerson());
  const saved = new Map<string, string>();
  let rotating = true;
  const load = (async () => {
    for (let n = 0; rotating; n += 1) {
      const person = people[n % people.length];
      if (!person) continue;
      const address = `${n} Khreshchatyk`;
      await storeDetails(using(between), person.id, { ...DETAILS, residenceAddress: address });
      saved.set(person.id, address);
      expect(await findUser(using(between), person.email)).toMatchObject({ id: person.id });
    }
  })();
  await rotateKeys(using(between));
  rotating = false;
  await load;
  await rotateKeys(using(between));
  expect(new Set(await kidsOf('users (address)', 'details'))).toEqual(new Set(['new']));
  for (const [id, address] of saved)
    expect((await readDetails(using(after), id))?.details.residenceAddress).toBe(address);
});

test('finds users and sessions of the old key while both keys are configured', async () => {
  const { id, email, subject, cookie } = await addPerson();
  const adapter = portalAdapter(async () => using(between));
  expect(await adapter.getUserByEmail?.(email)).toMatchObject({ id, email });
  expect(await adapter.getUserByAccount?.(subject)).toMatchObject({ id, email });
  expect(await findSession(using(between), cookie)).toMatchObject({ userId: id });
  expect(await readCustomerState(using(between), id)).toEqual({ state: 'creating' });
});

test('refuses to start without a key that is still needed, and names the rows [T36]', async () => {
  await addPerson();
  const attempt = prepareStoredData(portal.services.db, after);
  await expect(attempt).rejects.toThrow(ConfigError);
  await expect(attempt).rejects.toThrow(/PII_KEYS.*1 rows of users \(address\) need key "old"/s);
  await expect(prepareStoredData(portal.services.db, between)).resolves.toBeUndefined();
});

test('counts a row that no key opens, and rotates the others', async () => {
  const [broken, fine] = [await addPerson(), await addPerson()];
  await portal.services.db
    .update(details)
    .set({ taxNumber: 'v1.old.AAAA.AAAA.AAAA' })
    .where(eq(details.userId, broken.id));
  expect(await rotateKeys(using(between))).toEqual({ rewritten: 2 * ROWS - 1, unreadable: 1 });
  expect((await readDetails(using(after), fine.id))?.details).toEqual(DETAILS);
});

test('does not renew the MAC of a row that was changed without the portal', async () => {
  const [attacker, victim] = [await addPerson(), await addPerson()];
  await portal.services.db
    .update(sessions)
    .set({ userId: victim.id })
    .where(eq(sessions.tokenHash, hashSessionToken(attacker.cookie)));
  expect(await rotateKeys(using(between))).toEqual({ rewritten: 2 * ROWS - 1, unreadable: 1 });
  expect(await findSession(using(between), attacker.cookie)).toBeNull();
});

test('does not open details copied from another row [T36]', async () => {
  const [one, two] = [await addPerson(), await addPerson()];
  const { db } = portal.services;
  const [row] = await db.select().from(details).where(eq(details.userId, one.id));
  if (!row) throw new Error('no row');
  await db.update(details).set({ taxNumber: row.taxNumber }).where(eq(details.userId, two.id));
  await expect(readDetails(using(before), two.id)).rejects.toThrow(SealError);
});
