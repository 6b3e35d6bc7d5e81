import { setTimeout } from 'node:timers/promises';

/** A monotonic clock. The wall clock may be wrong or jump. Tests use their own. */
export interface Clock {
  /** Returns milliseconds since an arbitrary moment. */
  elapsed(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  elapsed: () => performance.now(),
  sleep: (milliseconds) => setTimeout(milliseconds),
};
