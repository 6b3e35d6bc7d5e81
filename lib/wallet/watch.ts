import 'server-only';
import { and, eq, isNull, lte, sql } from 'drizzle-orm';
import { readCustomer } from '@/lib/customers/row';
import { customers, purchaseWatches } from '@/lib/db/schema';
import { KunaCoreError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Kind } from '@/lib/notifications/kinds';
import { notify } from '@/lib/notifications/notify';
import type { Services } from '@/lib/services';
import { findOperationsSince } from './operations';
import type { Operation } from './operations-schema';

// KunaCore documents no event for the widget's operations, so that a purchase is noticed when it is looked at: while the
// person's page asks, and in the background for customers who opened the widget lately or whose purchase is not over.

/** Limits the looks of one round, and those at the same time. */
const BATCH = 100;
const PARALLEL = 4;
/** The operations that one look reads. A customer with more within the watched time has the oldest left out. */
const MOST = 500;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Looks become rarer with age, from the first pause to the last: an eighth of the time that has passed. */
const SHORTEST_MS = 20_000;
const LONGEST_MS = 30 * MINUTE_MS;
/** How long the widget can be used without coming back to the portal: a token's life in KunaCore's example is 46.5 hours. */
const ACTIVE_MS = 2 * DAY_MS;
/** Finished purchases stay in sight for so long, in case KunaCore lists them late. */
const OVERLAP_MS = DAY_MS;
/** A purchase that is not over after so long is not watched any more. */
const LONGEST_WATCH_MS = 365 * DAY_MS;
/** The clocks of KunaCore and the database may differ by this. */
const CLOCKS_MS = 5 * MINUTE_MS;

const PURCHASES = new Set(['DepositWithExchange', 'BuyToSendCrypto']);
const KIND_OF: Record<string, Kind> = {
  Completed: 'purchase-completed',
  Declined: 'purchase-declined',
  OnHold: 'purchase-on-hold',
};
const OPEN = new Set(['Created', 'Processing', 'OnHold']);

/** The result of a round. */
export type LookRound = 'idle' | 'more' | 'unavailable';

/**
 * Looks at the purchases of customers for whom it is due, and ends at the first sign that KunaCore is unavailable. Several
 * instances share the work. @throws the driver's error.
 */
export async function lookSome(services: Services, isOver = () => false): Promise<LookRound> {
  let left = BATCH;
  let result: LookRound = 'idle';
  const worker = async () => {
    while (left > 0 && result === 'idle' && !isOver()) {
      left -= 1;
      const watch = await takeNext(services);
      if (!watch) return;
      if (!(await look(services, watch))) result = 'unavailable';
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return result === 'idle' && left === 0 ? 'more' : result;
}

/**
 * Reports purchases that a page has just read, so that its person need not wait for the next look.
 * @throws the driver's error.
 */
export async function reportFound(services: Services, userId: string, found: Operation[]): Promise<void> {
  if (!services.sendsMail) return;
  const purchases = found.filter(({ type }) => PURCHASES.has(type));
  const isOfNow = ({ createdAt, updatedAt }: Operation) => isLater(updatedAt ?? createdAt, Date.now() - 10 * MINUTE_MS);
  const news = purchases.filter((operation) => KIND_OF[operation.status] && isOfNow(operation));
  const isOpen = purchases.some(({ status }) => OPEN.has(status));
  if (news.length === 0 && !isOpen) return;
  const { db } = services;
  const ofUser = eq(purchaseWatches.userId, userId);
  const [watch] = await db.select().from(purchaseWatches).where(ofUser);
  if (!watch) return;
  if (isOpen && watch.nextLookAt === null)
    await db
      .update(purchaseWatches)
      .set({ nextLookAt: sql`now()` })
      .where(and(ofUser, isNull(purchaseWatches.nextLookAt)));
  await report(services, watch, news);
}

type Watch = typeof purchaseWatches.$inferSelect;

/** Takes one customer, and plans another look in case this process does not finish. */
async function takeNext({ db }: Services): Promise<Watch | null> {
  const next = db
    .select({ userId: purchaseWatches.userId })
    .from(purchaseWatches)
    .where(lte(purchaseWatches.nextLookAt, sql`now()`))
    .orderBy(purchaseWatches.nextLookAt)
    .limit(1)
    .for('no key update', { skipLocked: true });
  const [taken] = await db
    .update(purchaseWatches)
    .set({ nextLookAt: sql`now() + interval '1 minute'` })
    .where(sql`${purchaseWatches.userId} = (${next})`)
    .returning();
  return taken ?? null;
}

/** @returns false when KunaCore is unavailable. */
async function look(services: Services, watch: Watch): Promise<boolean> {
  const { db, keyring } = services;
  const { userId } = watch;
  const [row] = await db.select().from(customers).where(eq(customers.userId, userId));
  const walletId = readCustomer(keyring, row)?.walletId;
  const began = Date.now();
  if (!walletId) {
    await plan(services, watch, { nextLookAt: null });
    return true;
  }
  try {
    const since = new Date(watch.since.getTime() - CLOCKS_MS);
    const found = await findOperationsSince(services, walletId, since, MOST);
    const purchases = found.filter(({ type }) => PURCHASES.has(type));
    await report(services, watch, purchases);
    await plan(services, watch, planAfter(watch, purchases, began));
    return true;
  } catch (error) {
    if (!(error instanceof KunaCoreError)) throw error;
    services.log.warn({ event: 'purchases_not_seen', userId, error: describeError(error) });
    const pause = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.min(watch.attempts, 10));
    await plan(services, watch, { nextLookAt: soon(pause), attempts: watch.attempts + 1 });
    return !error.isTransient;
  }
}

/** Stores a message for each purchase in a state to be reported. Each is stored once, however often it is seen. */
async function report(services: Services, { userId, since }: Watch, purchases: Operation[]): Promise<void> {
  const isWatched = ({ createdAt }: Operation) => createdAt === null || isLater(createdAt, since.getTime() - CLOCKS_MS);
  const watched = purchases.filter(isWatched);
  for (const [status, kind] of Object.entries(KIND_OF)) {
    const ids = watched.filter((operation) => operation.status === status).map(({ id }) => id);
    await notify(services, userId, kind, ...ids);
  }
}

/** Returns when the next look is due, and from when on purchases may still change. */
export function planAfter(
  { since, activeAt }: Pick<Watch, 'since' | 'activeAt'>,
  purchases: Pick<Operation, 'status' | 'createdAt'>[],
  now: number,
): { since: Date; nextLookAt: ReturnType<typeof soon> | null; attempts: 0 } {
  const begins = purchases
    .filter(({ status }) => OPEN.has(status))
    // One without a time began at the start of the watch, as far as is known.
    .map(({ createdAt }) =>
      createdAt && !Number.isNaN(Date.parse(createdAt)) ? Date.parse(createdAt) : since.getTime(),
    )
    .filter((began) => now - began < LONGEST_WATCH_MS);
  const isActive = now - activeAt.getTime() < ACTIVE_MS;
  const last = Math.max(isActive ? activeAt.getTime() : 0, ...begins);
  const pause = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (now - last) / 8));
  const earliest = Math.min(now - OVERLAP_MS, ...begins);
  return {
    since: new Date(Math.max(since.getTime(), earliest, now - LONGEST_WATCH_MS)),
    nextLookAt: isActive || begins.length > 0 ? soon(pause) : null,
    attempts: 0,
  };
}

/** Stores the plan. The widget may have been opened meanwhile: then the sooner look counts. */
async function plan(
  { db }: Services,
  { userId, activeAt }: Watch,
  {
    nextLookAt,
    ...change
  }: Partial<Pick<Watch, 'since' | 'attempts'>> & { nextLookAt: ReturnType<typeof soon> | null },
): Promise<void> {
  const isAsRead = sql`date_trunc('milliseconds', ${purchaseWatches.activeAt}) = ${activeAt.toISOString()}::timestamptz`;
  await db
    .update(purchaseWatches)
    .set({
      ...change,
      nextLookAt: sql`case when ${isAsRead} then ${nextLookAt} else ${purchaseWatches.nextLookAt} end`,
    })
    .where(eq(purchaseWatches.userId, userId));
}

function soon(milliseconds: number) {
  return sql`now() + make_interval(secs => ${milliseconds / 1000})`;
}

function isLater(time: string | null, than: number): boolean {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) || at >= than;
}
