import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { and, isNull, lte, sql } from 'drizzle-orm';
import {
  auditEvents,
  authorisations,
  customers,
  details,
  hasOpenWork,
  isUnrevoked,
  notifications,
  purchaseWatches,
} from '@/lib/db/schema';
import { getServices, type Services } from '@/lib/services';
import { type BackgroundWork, backgroundWork, closingWork, type RoundResult, tryRound } from './background';

/** What one round did. */
export interface RoundSummary {
  /** All work reached its end: nothing failed, nobody was unavailable, and no revocation is left. */
  complete: boolean;
  seconds: number;
  /** How much was due before and is left now. Running instances share the work, and add to it. */
  work: Record<string, { due: number; left: number }>;
  /** The work that did not reach its end (background.ts). */
  unfinished: { work: string; because: 'failed' | 'unavailable' | 'time' }[];
}

/** The time that a call in progress may still take after a round is over. */
const GRACE_MS = 10_000;

/**
 * Does what the loops of a running process do (background.ts), once, until nothing more is due or the time is over. Safe
 * beside running instances and other rounds: each customer is taken with its lease, each message and look with its own.
 * @throws DatabaseUnavailable; the driver's error.
 */
export async function runOneRound(milliseconds: number): Promise<RoundSummary> {
  const services = await getServices();
  const started = Date.now();
  const isOver = () => Date.now() - started >= milliseconds;
  const due = await countDue(services);
  const unfinished: RoundSummary['unfinished'] = [];
  const run = async (work: BackgroundWork) => {
    const grace = new AbortController();
    const late = sleep(started + milliseconds + GRACE_MS - Date.now(), 'time' as const, grace).catch(() => null);
    const because = await Promise.race([runUntilIdle(work, isOver), late]);
    grace.abort();
    if (because) unfinished.push({ work: work.name, because });
  };
  await Promise.all(backgroundWork().map(run));
  for (const work of closingWork()) await run(work);
  const left = await countDue(services);
  const complete = unfinished.length === 0 && left.revocations === 0;
  const names = Object.keys(due) as (keyof typeof due)[];
  const work = Object.fromEntries(names.map((name) => [name, { due: due[name], left: left[name] }]));
  return { complete, seconds: (Date.now() - started) / 1000, work, unfinished };
}

/** @returns why the work did not reach its end; null when it did. */
async function runUntilIdle(
  work: BackgroundWork,
  isOver: () => boolean,
): Promise<'failed' | 'unavailable' | 'time' | null> {
  let result: RoundResult | 'failed';
  do {
    if (isOver()) return 'time';
    result = await tryRound(work, isOver);
  } while (result === 'more');
  if (result === 'idle') return isOver() ? 'time' : null;
  return result;
}

async function countDue({ db }: Services) {
  const now = sql`now()`;
  return {
    revocations: await db.$count(authorisations, isUnrevoked(authorisations)),
    customers: await db.$count(customers, and(hasOpenWork(customers), lte(customers.nextAttemptAt, now))),
    rechecks: await db.$count(details, lte(details.recheckAt, now)),
    messages: await db.$count(notifications, lte(notifications.nextAttemptAt, now)),
    purchases: await db.$count(purchaseWatches, lte(purchaseWatches.nextLookAt, now)),
    unsealedEvents: await db.$count(auditEvents, isNull(auditEvents.seq)),
  };
}
