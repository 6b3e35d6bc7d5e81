import { setTimeout as sleep } from 'node:timers/promises';
import { CIRCUIT_OPEN, RejectedError, UnreachableError } from './errors';
import type { RetryBudget } from './retry-budget';

/** A second attempt comes after 50 to 100 ms. */
const PAUSE_MS = 100;
/** When KunaCore asks for a longer pause than this, the caller is told instead of kept waiting. */
const LONGEST_PAUSE_MS = 1_000;

/** The connection was cut; a server that restarts does that to idle connections. */
const CUT = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * May a call that does no harm twice be tried again at once? When it surely was not sent, when the connection was cut
 * before the answer began, or when KunaCore says "not now" (503) without asking for a long pause.
 */
export function mayTryAgain(error: unknown): boolean {
  if (error instanceof UnreachableError) {
    if (error.code === CIRCUIT_OPEN) return false;
    return !error.mayHaveHappened || (CUT.has(error.code) && !error.answerBegun);
  }
  return error instanceof RejectedError && error.status === 503 && (error.retryAfter ?? 0) <= LONGEST_PAUSE_MS;
}

/**
 * The pause before the second attempt, in milliseconds: what KunaCore asked for, and a share of jitter so that many
 * callers do not come back at the same moment.
 * @param random from 0 to 1.
 */
export function pauseBeforeRetry(error: unknown, random: number): number {
  const asked = error instanceof RejectedError ? (error.retryAfter ?? 0) : 0;
  return asked + PAUSE_MS * (0.5 + random / 2);
}

/**
 * Makes a call, and once more when it may be tried again. A pause that outlasts the deadline ends with the first error.
 * @param signal the deadline over both attempts.
 * @param budget what is left for second attempts.
 */
export async function tryTwice<T>(
  once: () => Promise<T>,
  signal: AbortSignal,
  random: () => number,
  budget: RetryBudget,
): Promise<T> {
  budget.earn();
  try {
    return await once();
  } catch (error) {
    if (!mayTryAgain(error) || !budget.spend()) throw error;
    const paused = await sleep(pauseBeforeRetry(error, random()), true, { signal }).catch(() => false);
    if (!paused) throw error;
    return once();
  }
}
