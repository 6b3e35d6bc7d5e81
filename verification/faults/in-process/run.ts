import * as fc from 'fast-check';
import { play } from './play';
import { type Schedule, schedule } from './schedule';
import type { Tally } from './tally';
import { openSimulatedDatabase } from './world';

/** Which schedules to play. */
export interface Order {
  schedules: number;
  seed: number;
  /** Of a failure that was reported: plays the one schedule. */
  path?: string;
  /** Report the first broken promise as it is, without looking for a smaller schedule. */
  quick?: boolean;
}

/** What came of it. */
export interface Outcome {
  played: number;
  /** How often each event of `COUNTED` happened. */
  happened: Tally;
  /** The first broken promise, with the smallest schedule that breaks it. */
  failure: { path: string; story: string } | null;
}

/** Plays random schedules; the seed decides which. Stops at the first that breaks a promise, and makes it small. */
export async function runSchedules({ schedules, seed, path, quick = false }: Order): Promise<Outcome> {
  const engine = await openSimulatedDatabase();
  const random = Math.random;
  const happened: Tally = {};
  try {
    const property = fc.asyncProperty(fc.scheduler(), schedule, async (scheduler, chosen) => {
      Math.random = repeatable(seed);
      const { broken, happened: now } = await play(engine, scheduler, chosen);
      for (const [what, count] of Object.entries(now)) happened[what] = (happened[what] ?? 0) + count;
      if (broken.length > 0) throw new Error(broken.join('\n'));
    });
    const details = await fc.check(property, { numRuns: schedules, seed, path, endOnFailure: quick });
    const { counterexample, counterexamplePath, errorInstance } = details;
    if (!counterexample) return { played: details.numRuns, happened, failure: null };
    return {
      played: details.numRuns,
      happened,
      failure: { path: counterexamplePath ?? '', story: tell(errorInstance, counterexample[1], counterexample[0]) },
    };
  } finally {
    Math.random = random;
    await engine.close();
  }
}

/** What was broken, by which steps, and in which order the gates opened. */
function tell(error: unknown, { beginnings, reviewers, stranger, steps }: Schedule, gates: unknown): string {
  return [
    error instanceof Error ? error.message : String(error),
    `beginnings ${JSON.stringify(beginnings)}, reviewers ${reviewers}, stranger ${stranger}`,
    ...steps.map(({ step, gates: opened }) => `${JSON.stringify(step)}, then ${opened} gates`),
    String(gates),
  ].join('\n');
}

/** The portal's jitter, the same each time a schedule is played. */
function repeatable(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
