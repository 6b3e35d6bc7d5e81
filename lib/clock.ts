import { setTimeout as sleep } from 'node:timers/promises';

/** A monotonic clock. The wall clock may be wrong or jump. Tests use their own. */
export interface Clock {
  /** Returns milliseconds since an arbitrary moment. */
  elapsed(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Runs `work` after a time, unless the process ends before. Does not keep the process running. */
  later(milliseconds: number, work: () => void): void;
}

export const systemClock: Clock = {
  elapsed: () => performance.now(),
  sleep: (milliseconds) => sleep(milliseconds),
  later: (milliseconds, work) => void setTimeout(work, milliseconds).unref(),
};
