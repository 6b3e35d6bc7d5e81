import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { FieldSources } from '@/lib/customers/detail-fields';
import { readDetails, storeDetails } from '@/lib/customers/details';
import { customers, details } from '@/lib/db/schema';
import { addUser, DETAILS, useLonePortal } from '@/tests/portal';
import { markRecheck, recheckSome } from './recheck';
import { type Finding, findingOf, type KycSource } from './source';

const portal = useLonePortal();
beforeEach(() => portal.empty());

const VERIFIED_AT = new Date('2026-03-02T09:30:00Z');
const SOURCES: FieldSources = { lastName: { from: 'The Bank', verifiedAt: VERIFIED_AT } };

/** Returns a source that counts how often it is asked. */
function sourceOf(finding: Finding | (() => Promise<Finding>)): KycSource & { asked: number } {
  const source = {
    name: 'test',
    asked: 0,
    find: async () => {
      source.asked += 1;
      return typeof finding === 'function' ? finding() : finding;
    },
  };
  return source;
}
function lastName(value: string): Finding {
  return findingOf({ lastName: { value, from: 'The Bank', verified: true, verifiedAt: VERIFIED_AT } });
}

/** Stores details whose last name is verified, two days ago. */
async function addVerified(): Promise<string> {
  const { id } = await addUser(portal.services);
  await storeDetails(portal.services, id, DETAILS, { sources: SOURCES });
  await change(id, { checkedAt: sql`now() - interval '48 hours'` });
  return id;
}
async function change(id: string, set: object): Promise<void> {
  await portal.services.db.update(details).set(set).where(eq(details.userId, id));
}
async function rowOf(id: string) {
  const [row] = await portal.services.db.select().from(details).where(eq(details.userId, id));
  return row;
}

test('a sign-in makes it due once the last answer is too old', async () => {
  const id = await addVerified();
  await markRecheck(portal.services, id, 72);
  expect((await rowOf(id))?.recheckAt).toBeNull();
  await markRecheck(portal.services, id, 24);
  expect((await rowOf(id))?.recheckAt).not.toBeNull();
});

test('a changed field becomes a new version that KunaCore lacks; the consent stays', async () => {
  const id = await addVerified();
  const before = await readDetails(portal.services, id);
  await markRecheck(portal.services, id, 24);
  const source = sourceOf(lastName('Newname'));
  expect(await recheckSome(portal.services, source)).toBe('idle');
  const after = await readDetails(portal.services, id);
  expect(after).toMatchObject({ version: 2, sent: false, consentedAt: before?.consentedAt });
  expect(after?.details).toEqual({ ...DETAILS, lastName: 'Newname' });
  const [customer] = await portal.services.db.select().from(customers).where(eq(customers.userId, id));
  expect(customer?.detailsVersion).toBe(2);
  // Asked once, until the next sign-in that is a day later.
  await markRecheck(portal.services, id, 24);
  await recheckSome(portal.services, source);
  expect(source.asked).toBe(1);
});

test.each<[string, Finding]>([
  ['the same field', lastName(DETAILS.lastName)],
  ['no field', { state: 'none' }],
])('%s changes nothing', async (_what, finding) => {
  const id = await addVerified();
  await markRecheck(portal.services, id, 24);
  await recheckSome(portal.services, sourceOf(finding));
  expect(await readDetails(portal.services, id)).toMatchObject({ version: 1, details: DETAILS, sources: SOURCES });
  expect((await rowOf(id))?.recheckAt).toBeNull();
});

test('a source that does not answer is asked a few times only, and again later', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, addVerified));
  for (const id of ids) await markRecheck(portal.services, id, 24);
  const source = sourceOf({ state: 'unavailable' });
  expect(await recheckSome(portal.services, source)).toBe('unavailable');
  expect(source.asked).toBeLessThanOrEqual(4);
  await Promise.all(ids.map((id) => change(id, { recheckAt: sql`now()` })));
  const back = sourceOf(lastName('Newname'));
  expect(await recheckSome(portal.services, back)).toBe('idle');
  expect(back.asked).toBe(12);
});

test('what the person saves meanwhile is not overwritten', async () => {
  const id = await addVerified();
  await markRecheck(portal.services, id, 24);
  const source = sourceOf(lastName('Newname'));
  const { db } = portal.services;
  const transaction = db.transaction.bind(db);
  let isFirst = true;
  // The person's save commits between the read and the store of the background.
  const services = {
    ...portal.services,
    db: new Proxy(db, {
      get: (target, name) =>
        name === 'transaction'
          ? async (...given: Parameters<typeof transaction>) => {
              if (isFirst) {
                isFirst = false;
                await storeDetails(portal.services, id, { ...DETAILS, taxNumber: '3184710692' }, { sources: SOURCES });
              }
              return transaction(...given);
            }
          : Reflect.get(target, name),
    }),
  };
  await recheckSome(services, source);
  expect((await readDetails(portal.services, id))?.details).toEqual({ ...DETAILS, taxNumber: '3184710692' });
  expect((await rowOf(id))?.recheckAt).not.toBeNull();
  await change(id, { recheckAt: sql`now()` });
  await recheckSome(portal.services, source);
  const { details: now } = (await readDetails(portal.services, id)) ?? {};
  expect(now).toEqual({ ...DETAILS, taxNumber: '3184710692', lastName: 'Newname' });
});

test('the source is asked nothing about people who withdrew the consent', async () => {
  const id = await addVerified();
  await portal.services.db.update(customers).set({ consentWithdrawnAt: sql`now()` }).where(eq(customers.userId, id));
  await markRecheck(portal.services, id, 24);
  const source = sourceOf(lastName('Newname'));
  expect(await recheckSome(portal.services, source)).toBe('idle');
  expect(source.asked).toBe(0);
  expect((await rowOf(id))?.recheckAt).toBeNull();
  expect(await readDetails(portal.services, id)).toMatchObject({ version: 1, details: DETAILS });
});

test('nothing is handed over under a wording that the person has not agreed to', async () => {
  const id = await addVerified();
  await change(id, { consentVersion: '2020-01-01' });
  await markRecheck(portal.services, id, 24);
  await recheckSome(portal.services, sourceOf(lastName('Newname')));
  expect(await readDetails(portal.services, id)).toMatchObject({ version: 1, details: DETAILS });
});
