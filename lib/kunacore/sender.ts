import type { AuthenticatedSend } from './authentication';
import { tryTwice } from './retry';
import type { Answer, Call } from './transport';

/** How the endpoints reach KunaCore. Both hold the whole call, login and second attempt included, to its deadline. */
export interface Sender {
  /** One attempt: for what must not happen twice unnoticed, and for what the caller repeats by itself. */
  once(call: Call): Promise<Answer>;
  /** For reads, and what does no harm twice: a second attempt where there is hope (retry.ts). */
  twice(call: Call): Promise<Answer>;
}

/** @param random from 0 to 1, for the jitter before a second attempt. */
export function createSender(send: AuthenticatedSend, random: () => number): Sender {
  return {
    once: (call) => send(call, AbortSignal.timeout(call.deadline)),
    twice: (call) => {
      const signal = AbortSignal.timeout(call.deadline);
      return tryTwice(() => send(call, signal), signal, random);
    },
  };
}
