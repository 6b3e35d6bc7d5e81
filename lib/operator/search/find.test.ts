// ASVS 5.0: 14.2.4 14.2.6
import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createKeyring } from '@/lib/crypto/keyring';
import { moveAddress } from '@/lib/customers/move-address';
import { customers, searchTokens, users } from '@/lib/db/schema';
import { indexNextForSearch } from '@/lib/maintenance/index-for-search';
import { blockUser } from '@/lib/operator/block';
import { deleteUser } from '@/lib/privacy/delete-user';
import { termsOf } from '@/lib/search/terms';
import { tokensOf } from '@/lib/search/tokens';
import { addCustomer, addUser, customerRow, DETAILS, NO_LISTENER, save, usePortal } from '@/tests/portal';
import { findPeople } from './find';

const { portal } = usePortal();
const PETRO = { ...DETAILS, firstName: 'Петро', lastName: 'Шевченко', phoneNumber: '+380671112233' };

async function found(typed: string, services = portal.services): Promise<string[]> {
  const result = await findPeople(services, typed);
  return result.result === 'found' ? result.people.map(({ userId }) => userId) : [];
}

async function addPetro(): Promise<string> {
  const { id } = await addUser(portal.services);
  await save(portal.services, id, PETRO);
  return id;
}

test('finds a customer by every name that support is given', async () => {
  const { id, email, customerId } = await addCustomer(portal.services);
  const petro = await addPetro();
  const { externalId, walletId } = await customerRow(portal.services, id);
  const ways = ['Olena', 'shev', 'Shevchenko OLENA', email, email.slice(0, 12), '099 123 45 67', '4567'];
  for (const way of [...ways, id, id.toUpperCase(), externalId, customerId, String(walletId)])
    expect(await found(way), way).toContain(id);
  expect(await found('ШЕВЧЕНКО')).toEqual([petro]);
  expect(await found('Oksana Шевченко')).toEqual([]);
});

test('lists name, masked address, end of the phone number and one state, and nothing else', async () => {
  const { id } = await addCustomer(portal.services);
  await blockUser(portal.services, id);
  const people = [
    { userId: id, name: 'Olena Shevchenko', email: 'o•••@example.test', phoneEnd: '4567', standing: 'sign-in-blocked' },
  ];
  expect(await findPeople(portal.services, 'olena')).toEqual({ result: 'found', kind: 'name', people, more: false });
});

test('says when there are more than it lists', async () => {
  for (let n = 0; n < 21; n += 1) await addUser(portal.services);
  expect(await findPeople(portal.services, 'olena')).toMatchObject({ more: true, people: { length: 20 } });
});

test('finds a person by the new address and details only, and a deleted one by id only [T37]', async () => {
  const { id, email } = await addCustomer(portal.services);
  await save(portal.services, id, { ...DETAILS, lastName: 'Kovalenko', phoneNumber: '+380501112233' });
  for (const old of ['Shevchenko', '4567']) expect(await found(old, portal.at(NO_LISTENER))).toEqual([]);
  expect(await found('kovalenko 2233')).toEqual([id]);
  await moveAddress(portal.services, id, 'moved.here@example.test');
  expect(await found('moved')).toEqual([id]);
  expect(await found(email, portal.at(NO_LISTENER))).toEqual([]);
  await deleteUser(portal.services, id);
  for (const gone of ['moved', 'kovalenko', '2233']) expect(await found(gone, portal.at(NO_LISTENER))).toEqual([]);
  expect(await portal.services.db.$count(searchTokens, eq(searchTokens.userId, id))).toBe(0);
  expect(await findPeople(portal.services, id)).toMatchObject({ people: [{ name: null, standing: 'deleted' }] });
});

test('stores tokens that mean nothing without the key [T36]', async () => {
  await addCustomer(portal.services);
  const stored = new Set((await portal.services.db.select().from(searchTokens)).map(({ token }) => token));
  const other = createKeyring([{ kid: 'other', key: Buffer.alloc(32, 7) }]);
  const terms = termsOf({ email: null, ...DETAILS });
  expect(tokensOf(portal.services.keyring, terms).every((token) => stored.has(token))).toBe(true);
  expect(tokensOf(other, terms).some((token) => stored.has(token))).toBe(false);
});

test('a token that was inserted without the portal finds nobody [T36]', async () => {
  const { id } = await addUser(portal.services);
  const [token = 0n] = tokensOf(portal.services.keyring, ['mallory']);
  await portal.services.db.insert(searchTokens).values({ token, userId: id });
  expect(await found('mallory')).toEqual([]);
});

test('makes people of an older version findable, once', async () => {
  const { id } = await addCustomer(portal.services);
  await portal.services.db.delete(searchTokens);
  await portal.services.db.update(users).set({ searchable: false });
  expect(await found('Shevchenko', portal.at(NO_LISTENER))).toEqual([]);
  expect(await indexNextForSearch(portal.services)).toBe(false);
  expect(await found('Shevchenko')).toEqual([id]);
  expect(await portal.services.db.$count(users, eq(users.searchable, false))).toBe(0);
});

test('asks KunaCore where ours finds nothing, and compares its rows', async () => {
  const { id, customerId } = await addCustomer(portal.services);
  await portal.services.kunacore.updateCustomer(customerId, { firstName: 'Helena', phoneNumber: '+380667778899' });
  expect(await found('Helena Shevchenko')).toEqual([id]);
  expect(await found('+380 66 777 88 99')).toEqual([id]);
  expect(await findPeople(portal.services, 'Hel')).toEqual({ result: 'none', kind: 'name' });
  const { walletId } = await customerRow(portal.services, id);
  const operation = { id: randomUUID(), walletId: String(walletId), type: 'BuyToSendCrypto', status: 'Completed' };
  const getOperation = async (asked: string) => {
    expect(asked).toBe(operation.id);
    return operation as Awaited<ReturnType<typeof portal.services.kunacore.getOperation>>;
  };
  const kunacore = { ...portal.services.kunacore, getOperation };
  expect(await found(operation.id, { ...portal.services, kunacore })).toEqual([id]);
  expect(await findPeople(portal.services, randomUUID())).toEqual({ result: 'none', kind: 'id' });
});

test('does not name a customer whose row was changed without the portal', async () => {
  const { id, customerId } = await addCustomer(portal.services);
  await portal.services.kunacore.updateCustomer(customerId, { firstName: 'Helena' });
  await portal.services.db.update(customers).set({ mac: 'sample.forged' }).where(eq(customers.userId, id));
  expect(await found('Helena Shevchenko')).toEqual([]);
});

test('says that KunaCore could not be asked', async () => {
  const services = portal.at(NO_LISTENER);
  expect(await findPeople(services, 'nobody')).toEqual({ result: 'kuna-unavailable', kind: 'name' });
  // KunaCore documents no search by a part of a number.
  expect(await findPeople(services, '0000')).toEqual({ result: 'none', kind: 'phone' });
  expect(await findPeople(services, ' ')).toEqual({ result: 'empty' });
});

test('says when it stopped looking because each word is one of very many people', async () => {
  const { db, keyring } = portal.services;
  const [one, other] = tokensOf(keyring, ['oleksii', 'marharyta']);
  await db.execute(sql`insert into users (email) select 'one of many' from generate_series(1, 4000)`);
  await db.execute(sql`insert into search_tokens (token, user_id)
    select case when row_number() over () > 2000 then ${one}::bigint else ${other}::bigint end, id from users
    where email = 'one of many'`);
  expect(await findPeople(portal.services, 'Oleksii Marharyta')).toEqual({ result: 'too-common', kind: 'name' });
});
