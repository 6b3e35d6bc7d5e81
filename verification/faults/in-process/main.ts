import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Order, Outcome } from './run';
import type { Tally } from './tally';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/**
 * Plays schedules on every core and prints how many, how fast, and the first that broke a promise with the one
 * command that plays it again.
 * @returns whether all promises were kept.
 */
export async function playInProcess({ schedules, seed, path, quick }: Order): Promise<boolean> {
  const began = performance.now();
  const orders = path ? [{ schedules: 1, seed, path }] : share(schedules, seed).map((order) => ({ ...order, quick }));
  const found = new AbortController();
  const outcomes = await Promise.all(
    orders.map(async (order) => {
      const outcome = await runWorker(order, found.signal);
      if (outcome.failure) found.abort();
      return { order, outcome };
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const played = outcomes.reduce((sum, { outcome }) => sum + outcome.played, 0);
  const happened = sum(outcomes.map(({ outcome }) => outcome.happened));
  const failed = outcomes.find(({ outcome }) => outcome.failure);
  const rate = Math.round((played / seconds) * 60);
  console.log(
    `in process: ${played} schedules, ${failed ? 'A PROMISE WAS BROKEN' : '0 violations'}, ` +
      `${seconds.toFixed(0)} s with ${orders.length} processes, ${rate} a minute (seed ${seed})`,
  );
  if (!failed?.outcome.failure) return allHappened(happened, played);
  const { story, path: where } = failed.outcome.failure;
  console.log(
    `${story}\n\nPlay it again: npm run --prefix verification faults -- --seed ${failed.order.seed} --path ${where}`,
  );
  return false;
}

function sum(tallies: Tally[]): Tally {
  const total: Tally = {};
  for (const [what, count] of tallies.flatMap(Object.entries<number>)) total[what] = (total[what] ?? 0) + count;
  return total;
}

/** So many schedules contain everything; without something they show nothing about it. */
const ENOUGH = 1000;

/** Prints the counts. @returns whether nothing is missing in so many schedules. */
function allHappened(happened: Tally, played: number): boolean {
  console.log(
    Object.entries(happened)
      .map(([what, count]) => `${count} ${what}`)
      .join(', '),
  );
  const never = Object.keys(happened).filter((what) => happened[what] === 0);
  if (played < ENOUGH || never.length === 0) return true;
  console.log(`Never happened: ${never.join(', ')}`);
  return false;
}

/** Equal parts, each with a seed of its own. */
function share(schedules: number, seed: number): Order[] {
  const workers = Math.min(availableParallelism(), schedules);
  return Array.from({ length: workers }, (_, index) => ({
    schedules: Math.floor(schedules / workers) + (index < schedules % workers ? 1 : 0),
    seed: seed + index,
  }));
}

/** @param found ends the worker: another one has found something. */
async function runWorker(order: Order, found: AbortSignal): Promise<Outcome> {
  const child = spawn(process.execPath, [...process.execArgv, WORKER, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => child.kill();
  found.addEventListener('abort', stop);
  const [output, code] = await Promise.all([
    text(child.stdout),
    new Promise((resolve) => child.once('exit', (exitCode) => resolve(exitCode))),
  ]);
  if (found.aborted) return { played: 0, happened: {}, failure: null };
  if (code !== 0) throw new Error(`A worker ended with ${code}`);
  return JSON.parse(output) as Outcome;
}
