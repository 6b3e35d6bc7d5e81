import 'server-only';
import { gte, lt, sql } from 'drizzle-orm';
import { kunacoreCalls } from '@/lib/db/schema';
import type { CallCount, CallCounts } from '@/lib/kunacore/call-counts';
import type { Services } from '@/lib/services';

type Used = Pick<Services, 'db'>;

/**
 * Adds this process's calls to those of the other instances, in one statement. Calls that cannot be stored are lost:
 * they are figures for a page, and must not pile up.
 * @throws the driver's error.
 */
export async function storeCalls({ db }: Used, counts: CallCounts): Promise<void> {
  const taken = counts.take();
  if (taken.length === 0) return;
  await db
    .insert(kunacoreCalls)
    .values(taken.map((count) => ({ ...count, minute: new Date(count.minute) })))
    .onConflictDoUpdate({
      target: [kunacoreCalls.minute, kunacoreCalls.endpoint, kunacoreCalls.failed, kunacoreCalls.withinMs],
      set: { calls: sql`${kunacoreCalls.calls} + excluded.calls` },
    });
}

/** Figures of all instances' calls in the last hour. */
export interface CallFigures {
  calls: number;
  failed: number;
  /** Half of the answered calls took at most so long; null without one. */
  medianMs: number | null;
  /** 95 of 100 answered calls took at most so long. */
  slowMs: number | null;
  lastAnswered: Date | null;
}

type Group = Omit<CallCount, 'minute'> & { last: Date };

/** Returns the figures of each endpoint, most used first, and those of all. @throws the driver's error. */
export async function lastHour({ db }: Used): Promise<{ all: CallFigures; endpoints: [string, CallFigures][] }> {
  const { endpoint, failed, withinMs } = kunacoreCalls;
  const groups = await db
    .select({
      endpoint,
      failed,
      withinMs,
      calls: sql<number>`sum(${kunacoreCalls.calls})::int`,
      last: sql<Date>`max(${kunacoreCalls.minute})`.mapWith(kunacoreCalls.minute),
    })
    .from(kunacoreCalls)
    .where(gte(kunacoreCalls.minute, sql`now() - interval '1 hour'`))
    .groupBy(endpoint, failed, withinMs);
  const names = [...new Set(groups.map((group) => group.endpoint))];
  const endpoints = names.map((name): [string, CallFigures] => [
    name,
    figuresOf(groups.filter((group) => group.endpoint === name)),
  ]);
  return { all: figuresOf(groups), endpoints: endpoints.sort(([, a], [, b]) => b.calls - a.calls) };
}

function figuresOf(groups: Group[]): CallFigures {
  const answered = groups.filter(({ failed }) => !failed).sort((a, b) => a.withinMs - b.withinMs);
  const [calls, ok] = [count(groups), count(answered)];
  const last = Math.max(...answered.map((group) => group.last.getTime()));
  return {
    calls,
    failed: calls - ok,
    medianMs: quantile(answered, ok / 2),
    slowMs: quantile(answered, ok * 0.95),
    lastAnswered: ok > 0 ? new Date(last) : null,
  };
}

function count(groups: Group[]): number {
  return groups.reduce((sum, { calls }) => sum + calls, 0);
}

function quantile(sorted: Group[], rank: number): number | null {
  let below = 0;
  for (const { calls, withinMs } of sorted) {
    below += calls;
    if (below >= rank) return withinMs;
  }
  return null;
}

/** Limits the rows that one statement deletes. */
const SWEEP = 1_000;

/** Deletes counts that no page shows any more. @returns whether there may be more. @throws the driver's error. */
export async function sweepCalls({ db }: Used): Promise<boolean> {
  const old = db
    .select({ minute: kunacoreCalls.minute })
    .from(kunacoreCalls)
    .where(lt(kunacoreCalls.minute, sql`now() - interval '2 hours'`))
    .orderBy(kunacoreCalls.minute)
    .limit(SWEEP);
  const deleted = await db
    .delete(kunacoreCalls)
    .where(sql`${kunacoreCalls.minute} = any(array(${old}))`)
    .returning({ minute: kunacoreCalls.minute });
  return deleted.length >= SWEEP;
}
