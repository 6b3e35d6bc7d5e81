// Which errors of KunaCore are an outage, and what they cost. The clock is the test's: time passes by making work due.
import { createHash } from 'node:crypto';
import { gt, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { authorisations } from '@/lib/db/schema';
import { RejectedError, TimeoutError } from '@/lib/kunacore/errors';
import type { Services } from '@/lib/services';
import { addUser, DETAILS, linkCustomer, save, usePortal } from '@/tests/portal';
import { nextRound, type Pause } from './reconciler';

const { portal, sandbox } = usePortal();
const INVALIDATE = '/v2/ramp/invalidate';

/** Adds customers whose access is due to be revoked. */
async function addPending(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const { id } = await addUser(portal.services);
    await linkCustomer(portal.services, id);
  }
  await portal.services.db.update(authorisations).set({ epoch: 1 });
}

/** Services at a KunaCore whose call number `n`, from 1, of a customer fails where `fails` says so, with its Retry-After. */
function kunaCore(fails: (customerId: string, n: number) => boolean, retryAfter?: number) {
  const calls = new Map<string, number>();
  const invalidate = async (customerId: string) => {
    const n = (calls.get(customerId) ?? 0) + 1;
    calls.set(customerId, n);
    if (fails(customerId, n)) throw new RejectedError(INVALIDATE, 503, undefined, retryAfter);
  };
  const services: Services = { ...portal.services, kunacore: { ...portal.services.kunacore, invalidate } };
  return { services, calls: () => [...calls.values()].reduce((sum, n) => sum + n, 0) };
}

const pending = () => portal.services.db.$count(authorisations, gt(authorisations.epoch, authorisations.revokedEpoch));

async function timePasses(milliseconds: number): Promise<void> {
  const earlier = sql`${authorisations.nextAttemptAt} - make_interval(secs => ${milliseconds / 1000})`;
  await portal.services.db.update(authorisations).set({ nextAttemptAt: earlier });
}

/** Runs rounds until nothing is pending. @returns how long they paused between them. */
async function finish(services: Services, last: Pause | null = null): Promise<number> {
  let pause = last;
  let paused = 0;
  for (let round = 0; round < 100; round += 1) {
    pause = await nextRound(services, pause);
    if ((await pending()) === 0) break;
    paused += pause.milliseconds;
    await timePasses(pause.milliseconds);
  }
  return paused;
}

/** A share of all numbers, the same at every run. */
function falls(share: number, ...key: unknown[]): boolean {
  return createHash('sha256').update(key.join()).digest().readUInt32BE() < share * 2 ** 32;
}

test.each([
  { share: 0, seconds: 2 },
  { share: 0.05, seconds: 10 },
  { share: 0.15, seconds: 20 },
  { share: 0.3, seconds: 60 },
])(
  'with $share of the calls failing, every revocation is carried out, each error costs one call',
  async ({ share, seconds }) => {
    await addPending(120);
    let errors = 0;
    const order = new Map<string, number>();
    const { services, calls } = kunaCore((customerId, n) => {
      if (!order.has(customerId)) order.set(customerId, order.size);
      const failed = falls(share, order.get(customerId), n);
      if (failed) errors += 1;
      return failed;
    });
    const paused = await finish(services);
    expect(await pending()).toBe(0);
    expect(calls()).toBe(120 + errors);
    expect(errors > 0).toBe(share > 0);
    expect(paused).toBeLessThanOrEqual(seconds * 1000);
  },
);

test('one error postpones its customer, and the round goes on', async () => {
  await addPending(20);
  let first = true;
  const { services, calls } = kunaCore(() => {
    const fails = first;
    first = false;
    return fails;
  }, 60_000);
  expect(await nextRound(services, null)).toEqual({ milliseconds: 2_000, wakeable: true, doubt: false });
  expect([calls(), await pending()]).toEqual([20, 1]);
});

test('an outage costs five calls in its first round and one in each other, until KunaCore answers', async () => {
  await addPending(40);
  let down = true;
  const { services, calls } = kunaCore(() => down);
  let pause: Pause | null = null;
  const perRound: number[] = [];
  const pauses: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    const before = calls();
    pause = await nextRound(services, pause);
    perRound.push(calls() - before);
    pauses.push(pause.milliseconds);
  }
  expect(perRound).toEqual([5, 1, 1, 1, 1, 1, 1]);
  expect(pauses).toEqual([1_000, 1_500, 2_250, 3_375, 5_000, 5_000, 5_000]);
  down = false;
  const paused = await finish(services, pause);
  expect([await pending(), calls(), paused]).toEqual([0, 11 + 40, 0]);
});

/** Steps at the same time (reconciler.ts): the calls that are under way when an outage begins. */
const PARALLEL = 8;

test('an outage that begins during a round ends it after five errors in a row and the calls under way', async () => {
  await addPending(100);
  let made = 0;
  const { services, calls } = kunaCore(() => {
    made += 1;
    return made > 20;
  });
  expect(await nextRound(services, null)).toMatchObject({ wakeable: false, doubt: true });
  expect(calls()).toBeGreaterThanOrEqual(25);
  // The response of each call that was under way may come between two errors, so that they are counted anew.
  expect(calls()).toBeLessThanOrEqual(20 + 5 * PARALLEL + PARALLEL);
});

test('while the only revocation fails, KunaCore is asked once in a round, and rounds keep their pauses', async () => {
  await addPending(1);
  const { services, calls } = kunaCore(() => true, 60_000);
  let pause: Pause | null = null;
  let paused = 0;
  for (let round = 0; round < 20; round += 1) {
    const before = calls();
    pause = await nextRound(services, pause);
    expect(calls() - before).toBeLessThanOrEqual(1);
    paused += pause.milliseconds;
    await timePasses(pause.milliseconds);
  }
  expect(paused).toBeGreaterThanOrEqual(10_000);
});

test('a customer that cannot be asked about counts as an error, too', async () => {
  await sandbox.switches({ verification: 'pending' });
  for (let index = 0; index < 8; index += 1) await save(portal.services, (await addUser(portal.services)).id, DETAILS);
  let asked = 0;
  const getCustomer = async () => {
    asked += 1;
    throw new TimeoutError('/v2/customer/find', 5_000);
  };
  const services: Services = { ...portal.services, kunacore: { ...portal.services.kunacore, getCustomer } };
  const pause = await nextRound(services, null);
  expect([asked, pause.doubt]).toEqual([5, true]);
  await nextRound(services, pause);
  expect(asked).toBe(6);
});
