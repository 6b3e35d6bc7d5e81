import { playSchedule } from './schedule';
import { build as buildPortal, startStack } from './stack';

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
  const total = { played: 0, kills: 0, confirmed: 0, tokens: 0, recoveries: [] as number[], broken: 0 };
  while (total.played < schedules) {
    const stack = await startStack(instances, database);
    try {
      for (let index = 0; index < PER_STACK && total.played < schedules; index += 1) {
        const own = seed + total.played;
        const played = await playSchedule(stack, own, [2 * index + 1, 2 * index + 2]);
        total.played += 1;
        total.kills += played.kills;
        total.confirmed += played.confirmed;
        total.tokens += played.tokens;
        total.recoveries.push(...played.recoveries);
        if (played.broken.length === 0) continue;
        total.broken += 1;
        console.log([`seed ${own}:`, ...played.broken, ...played.steps.map((step) => `  ${step}`)].join('\n'));
        const where = `--instances ${instances} --database ${database}`;
        console.log(
          `Play it again: npm run --prefix verification faults -- --processes ${where} --schedules 1 --seed ${own}\n`,
        );
      }
      const unverified = stack.verifyAudit();
      total.broken += unverified.length;
      for (const problem of unverified) console.log(problem);
    } finally {
      await stack.stop();
    }
  }
  const sorted = total.recoveries.sort((a, b) => a - b).map(Math.round);
  console.log(
    `processes: ${total.played} schedules on ${instances} portal(s) with ${database}, ${total.broken} with violations, ` +
      `${total.kills} kills, ${total.confirmed} confirmed saves, ${total.tokens} tokens handed over, ready again after ` +
      `${sorted[sorted.length >> 1] ?? '-'} ms (median), ${sorted.at(-1) ?? '-'} ms (worst), ` +
      `${Math.round((performance.now() - began) / 1000)} s (seed ${seed})`,
  );
  return total.broken === 0;
}
