// What the number of customers costs when nothing is to be done for them.
import { setTimeout as sleep } from 'node:timers/promises';
import { countBackendCpu } from '../backends';
import type { Options } from '../options';
import type { Row } from '../report';
import { type Query, seedCustomers, withDatabase } from '../seed';
import { withStack } from '../stack';
import { usageOfGroup } from '../usage';

/** An idle reconciler works every 2 s. */
const ROUND_MS = 2_000;
const ROUNDS = 30;

export function measureCustomers({ customers }: Options): Promise<Row[]> {
  return withStack(async (stack) => {
    const database = await stack.createDatabase('PostgreSQL');
    // The first start makes the tables.
    await (await stack.startPortal(database)).stop();
    return withDatabase(database, async (query) => {
      await seedCustomers(query, 1, customers);
      await query('vacuum analyze');
      const { pid } = await stack.startPortal(database);
      await sleep(2 * ROUND_MS);
      const idle = await measureIdleRounds(query, pid);
      const count = `${customers.toLocaleString('en')} customers`;
      return [
        {
          measure: "reconciler's idle round, CPU ms of PostgreSQL",
          figure: idle.database / ROUNDS,
          detail: `${count}; the portal itself takes ${(idle.portal / ROUNDS).toFixed(1)} ms`,
        },
      ];
    });
  });
}

/** Returns the processor time of all rounds, in the backends of the portal's connections and in the portal. */
async function measureIdleRounds(query: Query, portal: number) {
  const databaseCpu = await countBackendCpu(query);
  const before = usageOfGroup(portal).cpuMs;
  let database = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    await sleep(ROUND_MS);
    database = await databaseCpu();
  }
  return { database, portal: usageOfGroup(portal).cpuMs - before };
}
