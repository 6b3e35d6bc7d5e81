import { Desk, operatorEmails } from './operator';
import { DECISIONS, type Played, playSchedule } from './schedule';
import { build as buildPortal, startStack } from './stack';

/** Half of the schedules, by their seed, have details reviewed by two operators. */
const REVIEWED = { KYC_MODE: 'review', KYC_FOUR_EYES: 'on' };
const isReviewed = (seed: number) => seed % 2 === 1;

/** What to play, and where. */
export interface Order {
  schedules: number;
  seed: number;
  instances: number;
  database: 'embedded' | 'postgres';
  build: boolean;
}

/** The sandbox's identity provider knows 2,000 people, and each schedule uses two. */
const PER_STACK = 900;

/**
 * Plays schedules against real processes and prints what was found.
 * @returns whether all promises were kept.
 */
export async function playWithProcesses({ schedules, seed, instances, database, build }: Order): Promise<boolean> {
  if (build) buildPortal();
  const began = performance.now();
  const total: Total = { schedules: [], broken: 0 };
  const seeds = Array.from({ length: schedules }, (_, index) => seed + index);
  for (const group of [seeds.filter((own) => !isReviewed(own)), seeds.filter(isReviewed)])
    for (let first = 0; first < group.length; first += PER_STACK)
      await playOnOneStack({ instances, database }, group.slice(first, first + PER_STACK), total);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`${summary(total)}, ${seconds} s on ${instances} portal(s) with ${database} (seed ${seed})`);
  const never = DECISIONS.filter((name) => sum(total, ({ decisions }) => decisions[name]) === 0);
  if (schedules < ENOUGH || never.length === 0) return total.broken === 0;
  console.log(`Never happened: ${never.join(', ')}`);
  return false;
}

/** So many schedules contain everything; without something they show nothing about it. */
const ENOUGH = 50;

interface Total {
  schedules: Played[];
  broken: number;
}

async function playOnOneStack(
  { instances, database }: Pick<Order, 'instances' | 'database'>,
  seeds: number[],
  total: Total,
): Promise<void> {
  const reviewed = isReviewed(seeds[0] ?? 0);
  const settings = { OPERATOR_EMAILS: operatorEmails, ...(reviewed ? REVIEWED : {}) };
  const stack = await startStack(instances, database, { settings });
  const stage = { stack, desk: new Desk(stack), isReviewed: reviewed };
  try {
    for (const [index, seed] of seeds.entries()) {
      const played = await playSchedule(stage, seed, [2 * index + 1, 2 * index + 2]);
      total.schedules.push(played);
      if (played.broken.length === 0) continue;
      total.broken += 1;
      console.log([`seed ${seed}:`, ...played.broken, ...played.steps.map((step) => `  ${step}`)].join('\n'));
      const where = `--instances ${instances} --database ${database}`;
      console.log(
        `Play it again: npm run --prefix verification faults -- --processes ${where} --schedules 1 --seed ${seed}\n`,
      );
    }
    const unverified = stack.verifyAudit();
    total.broken += unverified.length;
    for (const problem of unverified) console.log(problem);
  } finally {
    await stack.stop();
  }
}

function summary(total: Total): string {
  const recoveries = total.schedules.flatMap((played) => played.recoveries).sort((a, b) => a - b);
  const [median, worst] = [recoveries[recoveries.length >> 1], recoveries.at(-1)].map((ms) => ms && Math.round(ms));
  return [
    `processes: ${total.schedules.length} schedules`,
    `${total.broken} with violations`,
    `${sum(total, ({ kills }) => kills)} kills`,
    `${sum(total, ({ confirmed }) => confirmed)} confirmed saves`,
    `${sum(total, ({ tokens }) => tokens)} tokens handed over`,
    ...DECISIONS.map((name) => `${sum(total, ({ decisions }) => decisions[name])} ${name}`),
    `ready again after ${median ?? '-'} ms (median), ${worst ?? '-'} ms (worst)`,
  ].join(', ');
}

const sum = (total: Total, count: (played: Played) => number) =>
  total.schedules.reduce((all, played) => all + count(played), 0);
