import { randomUUID } from 'node:crypto';
import { eq, inArray, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { boundCustomers } from '@/lib/customers/row';
import { blockWallet } from '@/lib/customers/wallet-block';
import { authorisations, customers, users } from '@/lib/db/schema';
import { addUser, customerRow, useLonePortal } from '@/tests/portal';
import type { Queue } from './queue-names';
import { countQueues, readQueue } from './queues';

const portal = useLonePortal();

type Change = Partial<typeof customers.$inferInsert>;
const ACCEPTED = { state: 'linked', verificationStatus: 'ACCEPTED', walletStatus: 'Active', sentVersion: 1 } as const;

/** Adds a customer in this state since some minutes. */
async function add(change: Change, minutes = 1): Promise<string> {
  const { db, keyring } = portal.services;
  const { id } = await addUser(portal.services);
  const bound = { userId: id, externalId: randomUUID(), customerId: randomUUID(), walletId: randomUUID() };
  const stateSince = sql`now() - make_interval(mins => ${minutes})` as unknown as Date;
  const mac = boundCustomers.mac(keyring, bound);
  await db
    .insert(customers)
    .values({ ...bound, ...ACCEPTED, detailsVersion: 1, acceptedVersion: 1, stateSince, mac, ...change });
  await db.insert(authorisations).values({ userId: id });
  return id;
}

async function leaveUnrevoked(userId: string, minutes: number): Promise<void> {
  const epochStartedAt = sql`now() - make_interval(mins => ${minutes})`;
  await portal.services.db
    .update(authorisations)
    .set({ epoch: 1, epochStartedAt })
    .where(eq(authorisations.userId, userId));
}

async function block(userId: string): Promise<void> {
  await portal.services.db.update(users).set({ blockedAt: sql`now()` }).where(eq(users.id, userId));
  await blockWallet(portal.services.db, userId);
}

async function matters(queue: Queue): Promise<[string, string][]> {
  return (await readQueue(portal.services, queue, null)).lines.map(({ userId, matter }) => [userId, matter]);
}

const DAY = 24 * 60;

test('each customer is in the queue of who must act, the longest waiting first', async () => {
  await portal.empty();
  const ready = await add({});
  const conflict = await add({ state: 'conflict' }, 5);
  const rejected = await add({ state: 'rejected' }, 2 * DAY);
  const slow = await add({ verificationStatus: 'PENDING' }, DAY + 1);
  const reviewed = { review: 'waiting', reviewSince: sql`now() - interval '30 minutes'` as unknown as Date } as const;
  const inReview = await add({ ...reviewed, acceptedVersion: 0, state: 'creating' });
  const corrected = await add({ ...reviewed, state: 'rejected' }, 2 * DAY);
  await add({ state: 'conflict', conflictDismissedAt: new Date() }, DAY);
  await add({ state: 'rejected', consentWithdrawnAt: new Date() }, DAY);
  const creating = await add({ state: 'creating' }, 3);
  const onHold = await add({ walletStatus: 'Suspicious' }, 10);
  const changed = await add({ sentVersion: 0 }, DAY - 1);
  const late = await add({});
  await leaveUnrevoked(late, 6);
  const closing = await add({});
  await leaveUnrevoked(closing, 4);
  const blocked = await add({ state: 'conflict' });
  await block(blocked);
  const blockedLate = await add({ verificationStatus: 'PENDING' }, 3 * DAY);
  await block(blockedLate);
  await leaveUnrevoked(blockedLate, 60);
  expect(await matters('needs-us')).toEqual([
    [rejected, 'undecided'],
    [slow, 'waiting-long'],
    [blockedLate, 'revocation-late'],
    [inReview, 'in-review'],
    [corrected, 'in-review'],
    [late, 'revocation-late'],
    [conflict, 'undecided'],
  ]);
  expect(await matters('waiting')).toEqual([
    [changed, 'waiting'],
    [onHold, 'waiting'],
    [closing, 'revocation'],
    [creating, 'waiting'],
  ]);
  expect((await matters('blocked')).map(([id]) => id)).toEqual([blockedLate, blocked]);
  const all = (await matters('all')).map(([id]) => id);
  expect(all).toContain(ready);
  expect(await countQueues(portal.services)).toEqual({ 'needs-us': 7, waiting: 4, blocked: 2, all: all.length });
  const { lines } = await readQueue(portal.services, 'blocked', null);
  expect(lines.map(({ standing }) => standing)).toEqual(['sign-in-blocked', 'sign-in-blocked']);
});

test('deleted accounts are in no queue', async () => {
  await portal.empty();
  const id = await add({ state: 'conflict', detailsVersion: 0 });
  const withWallet = await add({ walletBlock: 'due', detailsVersion: 0, acceptedVersion: 0 });
  await block(id);
  const areGone = inArray(users.id, [id, withWallet]);
  await portal.services.db.update(users).set({ deletedAt: sql`now()` }).where(areGone);
  for (const queue of ['needs-us', 'waiting', 'blocked', 'all'] as const) expect(await matters(queue)).toEqual([]);
});

test('pages lose and repeat nobody, also where many have the same time', async () => {
  await portal.empty();
  const { db } = portal.services;
  await db.execute(sql`insert into users (id, email, created_at)
    select gen_random_uuid(), '', timestamptz '2026-01-01 00:00:00.123456' + (n / 60) * interval '1 microsecond'
    from generate_series(1, 130) n`);
  const seen: string[] = [];
  const sizes: number[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const page: Awaited<ReturnType<typeof readQueue>> = await readQueue(portal.services, 'all', after);
    seen.push(...page.lines.map(({ userId }) => userId));
    sizes.push(page.lines.length);
    after = page.next;
    more = page.next !== null;
  }
  expect(sizes).toEqual([50, 50, 30]);
  expect(new Set(seen).size).toBe(130);
});

test.each([
  'x',
  '1.x',
  "1'.00000000-0000-4000-8000-000000000000",
  '99999999999999999.00000000-0000-4000-8000-000000000000',
])('a forged position, %j, gives the first page', async (after) => {
  expect(await readQueue(portal.services, 'all', after)).toEqual(await readQueue(portal.services, 'all', null));
});

test('counts up to 1,000, and one more says that there are more', async () => {
  await portal.empty();
  await portal.services.db.execute(
    sql`insert into users (id, email) select gen_random_uuid(), '' from generate_series(1, 1100)`,
  );
  expect(await countQueues(portal.services)).toMatchObject({ all: 1_001 });
});

test('every change of what is waited for starts the time anew, and nothing else does', async () => {
  await portal.empty();
  const id = await add({ state: 'creating' }, 60);
  const change = async (set: Change) => {
    await portal.services.db.update(customers).set(set).where(eq(customers.userId, id));
    return (await customerRow(portal.services, id)).stateSince.getTime();
  };
  const first = (await customerRow(portal.services, id)).stateSince.getTime();
  expect(await change({ attempts: 3, checkedAt: new Date(), state: 'creating' })).toBe(first);
  for (const set of [
    { state: 'linked', verificationStatus: 'PENDING' },
    { verificationStatus: 'ACCEPTED' },
    { walletStatus: 'Blocked' },
    { walletBlock: 'due' },
    { acceptedVersion: 2 },
    { sentVersion: 2 },
  ] as const) {
    await portal.services.db.execute(sql`alter table customers disable trigger customers_state_since`);
    await change({ stateSince: new Date(first) });
    await portal.services.db.execute(sql`alter table customers enable trigger customers_state_since`);
    expect(await change(set), JSON.stringify(set)).toBeGreaterThan(first);
  }
});
