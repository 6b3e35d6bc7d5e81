import type { Query } from './seed';
import { exactCpuMs } from './usage';

const BACKENDS = `from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;

/** Starts to count the processor time of the other connections' backends. @returns the milliseconds until now. */
export async function countBackendCpu(query: Query): Promise<() => number> {
  const pids = (await query(`select pid ${BACKENDS}`)).map(({ pid }) => Number(pid));
  const total = () => pids.reduce((sum, pid) => sum + exactCpuMs(pid), 0);
  const before = total();
  return () => total() - before;
}

/** Returns how many connections wait for a lock at this moment. */
export async function countLockWaits(query: Query): Promise<number> {
  const [row] = await query(`select count(*)::int as waiting ${BACKENDS} and wait_event_type = 'Lock'`);
  return Number(row?.waiting);
}
