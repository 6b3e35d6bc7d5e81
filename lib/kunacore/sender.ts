import type { AuthenticatedSend } from './authentication';
import { type BreakerOptions, createBreaker } from './breaker';
import { RetryBudget, tryTwice } from './retry';
import { type ApiResponse, type Call, endpointOf } from './transport';

/**
 * Sends a call through the circuit breaker. The deadline covers the whole call, with login and second attempt.
 * `retry` allows a second attempt (retry.ts); only for calls that are harmless when they happen twice.
 */
export type Send = (call: Call, options?: { retry: boolean }) => Promise<ApiResponse>;

/** @param random from 0 to 1, for the jitter before a second attempt. */
export function createSend(send: AuthenticatedSend, random: () => number, breaker: BreakerOptions = {}): Send {
  const guard = createBreaker(breaker);
  const budget = new RetryBudget();
  return (call, { retry } = { retry: false }) => {
    const signal = AbortSignal.timeout(call.deadline);
    const sendOnce = () => guard(endpointOf(call), () => send(call, signal));
    return retry ? tryTwice(sendOnce, signal, random, budget) : sendOnce();
  };
}
