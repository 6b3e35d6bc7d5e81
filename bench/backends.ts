import type { Query } from './seed';
import { exactCpuMs } from './usage';

const BACKENDS = `from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;

/**
 * Starts to count the processor time of the other connections' backends, also of those that connect later.
 * @returns a function for the milliseconds until now. Call it often: what a backend did before it ended is lost.
 */
export async function countBackendCpu(query: Query): Promise<() => Promise<number>> {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  const sample = async (isFirst: boolean) => {
    for (const { pid } of await query(`select pid ${BACKENDS}`)) {
      const cpu = exactCpuMs(Number(pid));
      if (isFirst) first.set(Number(pid), cpu);
      last.set(Number(pid), Math.max(cpu, last.get(Number(pid)) ?? 0));
    }
  };
  await sample(true);
  return async () => {
    await sample(false);
    return [...last].reduce((sum, [pid, cpu]) => sum + cpu - (first.get(pid) ?? 0), 0);
  };
}

/** Returns how many connections wait for a lock at this moment. */
export async function countLockWaits(query: Query): Promise<number> {
  const [row] = await query(`select count(*)::int as waiting ${BACKENDS} and wait_event_type = 'Lock'`);
  return Number(row?.waiting);
}
