import type { AuthenticatedSend } from './authentication';
import { type BreakerOptions, createBreaker } from './breaker';
import { tryTwice } from './retry';
import { RetryBudget } from './retry-budget';
import { type Answer, type Call, endpointOf } from './transport';

/** How the endpoints reach KunaCore. Both hold the whole call, login and second attempt included, to its deadline. */
export interface Sender {
  /** One attempt: for what must not happen twice unnoticed, and for what the caller repeats by itself. */
  once(call: Call): Promise<Answer>;
  /** For reads, and what does no harm twice: a second attempt where there is hope (retry.ts). */
  twice(call: Call): Promise<Answer>;
}

/** @param random from 0 to 1, for the jitter before a second attempt. */
export function createSender(send: AuthenticatedSend, random: () => number, breaker: BreakerOptions = {}): Sender {
  const guard = createBreaker(breaker);
  const budget = new RetryBudget();
  const attempt = (call: Call, signal: AbortSignal) => guard(endpointOf(call), () => send(call, signal));
  return {
    once: (call) => attempt(call, AbortSignal.timeout(call.deadline)),
    twice: (call) => {
      const signal = AbortSignal.timeout(call.deadline);
      return tryTwice(() => attempt(call, signal), signal, random, budget);
    },
  };
}
