/** A call that was made, and how it went. */
export interface FinishedCall {
  endpoint: string;
  milliseconds: number;
  /** KunaCore gave no usable response. */
  failed: boolean;
}

/** Calls of one minute, endpoint, result and duration. */
export interface CallCount {
  /** The beginning of the minute, in milliseconds since the epoch. */
  minute: number;
  endpoint: string;
  failed: boolean;
  withinMs: number;
  calls: number;
}

/** Upper bounds of durations, so that few rows tell the median. */
const BOUNDS = [25, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 60_000];
const MINUTE = 60_000;

/** Counts calls in memory until they are taken. Bounded: minutes are few, because they are taken every few seconds. */
export class CallCounts {
  #counts = new Map<string, CallCount>();

  add({ endpoint, milliseconds, failed }: FinishedCall, now = Date.now()): void {
    const minute = now - (now % MINUTE);
    const withinMs = BOUNDS.find((bound) => milliseconds <= bound) ?? BOUNDS.at(-1) ?? 0;
    const key = [minute, endpoint, failed, withinMs].join(' ');
    const count = this.#counts.get(key) ?? { minute, endpoint, failed, withinMs, calls: 0 };
    count.calls += 1;
    this.#counts.set(key, count);
  }

  /** Returns what was counted, and begins anew. */
  take(): CallCount[] {
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    return counts;
  }
}
