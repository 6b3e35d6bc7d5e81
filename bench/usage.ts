// What processes use, as Linux counts it.
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of one tick of /proc/<pid>/stat. */
const TICK_MS = 10;

/** Returns the memory and the processor time of a process group. */
export function usageOfGroup(leader: number): { residentBytes: number; cpuMs: number } {
  const usage = { residentBytes: 0, cpuMs: 0 };
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(pid);
    if (Number(fields[2]) !== leader) continue;
    usage.cpuMs += (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    usage.residentBytes += residentBytes(pid);
  }
  return usage;
}

/** Returns the time that a process with one thread spent on a processor, in milliseconds. */
export function exactCpuMs(pid: number): number {
  return Number(read(`/proc/${pid}/schedstat`).split(' ')[0]) / 1e6;
}

/** Returns the fields after the command's name, which may contain spaces. */
function statOf(pid: string): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function residentBytes(pid: string): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** Returns an empty text for a process that has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
