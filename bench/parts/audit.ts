// Audited writes: sign-outs of many clients at once. Each deletes a session, starts an epoch and adds to the audit log.
import { setTimeout as sleep } from 'node:timers/promises';
import { countLockWaits } from '../backends';
import { sendLoad, type Target } from '../load-generator';
import type { Options } from '../options';
import { type Row, short } from '../report';
import { type Query, seedCustomers, seededToken, seedSessions, withDatabase } from '../seed';
import { withStack } from '../stack';
import { percentile } from '../statistics';

const CLIENTS = [1, 8, 32];
const SIGN_OUTS = 1_000;
const SAMPLE_MS = 5;

export function measureAudit(_options: Options): Promise<Row[]> {
  return withStack(async (stack) => {
    const database = await stack.createDatabase('PostgreSQL');
    const { origin } = await stack.startPortal(database);
    return withDatabase(database, async (query) => {
      // The first group warms up.
      const groups = [8, ...CLIENTS];
      await seedCustomers(query, 1, groups.length * SIGN_OUTS);
      await seedSessions(query, 1, groups.length * SIGN_OUTS);
      const rows: Row[] = [];
      for (const [group, clients] of groups.entries()) {
        const measured = await signOut(query, origin, group * SIGN_OUTS, clients);
        if (group > 0) rows.push(...measured);
      }
      return rows;
    });
  });
}

async function signOut(query: Query, origin: string, after: number, clients: number): Promise<Row[]> {
  const targets = Array.from({ length: SIGN_OUTS }, (_, index) => signOutOf(origin, after + index + 1));
  const load = sendLoad({ targets, connections: clients, until: { requests: SIGN_OUTS } });
  const samples = await sampleWhile(load, () => countLockWaits(query));
  const { milliseconds, seconds, statuses } = await load;
  const carriedOut = statuses['303'] ?? 0;
  const waits = samples.filter((waiting) => waiting > 0).length / samples.length;
  return [
    {
      measure: `audited writes/s, sign-outs, ${clients} at once`,
      figure: carriedOut / seconds,
      detail: `p95 ${short(percentile(milliseconds, 95))} ms, ${SIGN_OUTS - carriedOut} of ${SIGN_OUTS} refused`,
    },
    {
      measure: `audited writes, share of samples with a lock wait, ${clients} at once`,
      figure: waits,
      detail: `${samples.length} samples, at most ${Math.max(...samples)} connections wait`,
    },
  ];
}

function signOutOf(origin: string, n: number): Target {
  return {
    url: `${origin}/sign-out`,
    method: 'POST',
    body: 'where=here',
    headers: {
      origin,
      cookie: `next-auth.session-token=${seededToken(n)}`,
      'content-type': 'application/x-www-form-urlencoded',
      // A network for each person, because sign-outs of one network are limited.
      'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`,
    },
  };
}

/** Takes samples until the work is done. */
async function sampleWhile(work: Promise<unknown>, sample: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  let done = false;
  const ending = work.finally(() => {
    done = true;
  });
  // The failure is thrown below, after the last sample.
  ending.catch(() => {});
  while (!done) {
    samples.push(await sample());
    await sleep(SAMPLE_MS);
  }
  await ending;
  return samples;
}
