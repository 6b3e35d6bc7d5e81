import { setTimeout as sleep } from 'node:timers/promises';
import { CIRCUIT_OPEN, RejectedError, UnreachableError } from './errors';

/** A second attempt follows after 50 to 100 ms. */
const PAUSE_MS = 100;
/** When KunaCore requests a longer pause than this, the call fails at once. */
const LONGEST_PAUSE_MS = 1_000;
const LONGEST_RETRY_AFTER_MS = 60_000;

/** The connection was cut; a server that restarts does that to idle connections. */
const CUT = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * Returns whether an idempotent call can be tried again at once: it was certainly not sent, the connection was cut
 * before the response began, or KunaCore is unavailable (503) without requesting a long pause.
 */
export function mayTryAgain(error: unknown): boolean {
  if (error instanceof UnreachableError) {
    if (error.code === CIRCUIT_OPEN) return false;
    return !error.mayHaveHappened || (CUT.has(error.code) && !error.responseBegun);
  }
  return error instanceof RejectedError && error.status === 503 && (error.retryAfter ?? 0) <= LONGEST_PAUSE_MS;
}

/**
 * Returns the pause before the second attempt, in milliseconds: KunaCore's Retry-After plus jitter, so that many
 * callers do not return at the same moment.
 * @param random from 0 to 1.
 */
export function pauseBeforeRetry(error: unknown, random: number): number {
  const requested = error instanceof RejectedError ? (error.retryAfter ?? 0) : 0;
  return requested + PAUSE_MS * (0.5 + random / 2);
}

/**
 * Makes a call, and repeats it once where `mayTryAgain` allows. A pause that outlasts the deadline ends with the first
 * error.
 * @param signal the deadline over both attempts.
 */
export async function tryTwice<T>(
  call: () => Promise<T>,
  signal: AbortSignal,
  random: () => number,
  budget: RetryBudget,
): Promise<T> {
  budget.earn();
  try {
    return await call();
  } catch (error) {
    if (!mayTryAgain(error) || !budget.spend()) throw error;
    const paused = await sleep(pauseBeforeRetry(error, random()), true, { signal }).catch(() => false);
    if (!paused) throw error;
    return call();
  }
}

/**
 * Allows ten second attempts at once, and one for every ten calls in the long run. During an outage unlimited second
 * attempts would double the load. cockatiel has no budget.
 */
export class RetryBudget {
  #left = 10;

  /** Counts a first attempt. */
  earn(): void {
    this.#left = Math.min(10, this.#left + 0.1);
  }

  /** Returns whether a second attempt may be made, and counts it. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3: seconds or an HTTP date) as milliseconds, at most a minute. Undefined when the
 * header is missing or unreadable.
 * @param now in milliseconds since the epoch.
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(LONGEST_RETRY_AFTER_MS, Number(text) * 1000);
  // `Date.parse` accepts nearly any text; HTTP dates end with GMT.
  const at = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, at - now));
}
