import { setTimeout } from 'node:timers/promises';

/** Time inside this process: never the wall clock, which may be wrong or jump. Tests bring their own. */
export interface Clock {
  /** Milliseconds since some moment; only differences mean anything. */
  elapsed(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  elapsed: () => performance.now(),
  sleep: (milliseconds) => setTimeout(milliseconds),
};
