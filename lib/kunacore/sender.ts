import type { AuthenticatedSend } from './authentication';
import { type BreakerOptions, createBreaker } from './breaker';
import type { FinishedCall } from './call-counts';
import { RejectedError } from './errors';
import { RetryBudget, tryTwice } from './retry';
import { type ApiResponse, type Call, endpointOf } from './transport';

/**
 * Sends a call through the circuit breaker. The deadline covers the whole call, with login and second attempt.
 * `retry` allows a second attempt (retry.ts); only for calls that are harmless when they happen twice.
 */
export type Send = (call: Call, options?: { retry: boolean }) => Promise<ApiResponse>;

/**
 * @param random from 0 to 1, for the jitter before a second attempt.
 * @param onCall is given every attempt, but for those that an open circuit prevents.
 */
export function createSend(
  send: AuthenticatedSend,
  random: () => number,
  breaker: BreakerOptions = {},
  onCall: (call: FinishedCall) => void = () => {},
): Send {
  const guard = createBreaker(breaker);
  const budget = new RetryBudget();
  return (call, { retry } = { retry: false }) => {
    const signal = AbortSignal.timeout(call.deadline);
    const sendOnce = () => guard(endpointOf(call), () => timed(endpointOf(call), () => send(call, signal), onCall));
    return retry ? tryTwice(sendOnce, signal, random, budget) : sendOnce();
  };
}

async function timed<T>(endpoint: string, run: () => Promise<T>, onCall: (call: FinishedCall) => void): Promise<T> {
  const began = performance.now();
  let failed = false;
  try {
    return await run();
  } catch (error) {
    // A 4xx, also "too many requests", comes from a working KunaCore.
    failed = !(error instanceof RejectedError && error.status < 500);
    throw error;
  } finally {
    onCall({ endpoint, milliseconds: performance.now() - began, failed });
  }
}
