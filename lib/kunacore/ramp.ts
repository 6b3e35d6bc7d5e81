import { z } from 'zod';
import type { AuthenticatedSend } from './authentication';
import type { Deadlines } from './client';
import { MalformedAnswerError, RejectedError, UnreachableError } from './errors';
import { jwtClaims } from './jwt';
import { Secret } from './secret';
import { read } from './wire';

/** A token for one browser. */
export interface WidgetToken {
  token: Secret;
  /** From the token's own `exp`, at most 48 hours ahead whatever it says; null where it names none. */
  expiresAt: Date | null;
}

const tokenAnswer = z.object({ token: z.string().min(1).max(8192) });
const LONGEST_MS = 48 * 3_600_000;

/** The endpoints under /v2/ramp/: the life of a customer's authorisation in the widget. All throw a KunaCoreError. */
export function rampEndpoints(send: AuthenticatedSend, deadlines: Deadlines, now: () => number) {
  return {
    /**
     * Issues a widget token: POST /v2/ramp/token. Tried once more when surely nothing was sent, or KunaCore says "not
     * now" (503): a token nobody received does no harm.
     * @param userAgent of the browser that will show the widget, byte for byte.
     */
    async issueToken({ customerId, userAgent }: { customerId: string; userAgent: string }): Promise<WidgetToken> {
      // One deadline over both attempts.
      const signal = AbortSignal.timeout(deadlines.token);
      const call = { method: 'POST', path: '/v2/ramp/token', body: { customerId, userAgent }, signal } as const;
      const once = () => send({ ...call, deadline: deadlines.token });
      const answer = await once().catch((error: unknown) => {
        if (mayTryAgain(error)) return once();
        throw error;
      });
      const { token } = read(answer, tokenAnswer);
      return { token: new Secret(token), expiresAt: expiry(answer.endpoint, token, now()) };
    },

    /**
     * Cancels the customer's authorisation in the widget: POST /v2/ramp/invalidate. It names the customer, so every
     * device is affected. Any 2xx is a yes, whatever its body; 404 means there was nothing left to cancel.
     */
    async invalidate(customerId: string): Promise<void> {
      try {
        await send({
          method: 'POST',
          path: '/v2/ramp/invalidate',
          body: { customerId },
          deadline: deadlines.invalidate,
        });
      } catch (error) {
        if (!(error instanceof RejectedError && error.status === 404)) throw error;
      }
    },
  };
}

function mayTryAgain(error: unknown): boolean {
  if (error instanceof UnreachableError) return !error.mayHaveHappened || error.code === 'ECONNRESET';
  return error instanceof RejectedError && error.status === 503 && error.retryAfter === undefined;
}

function expiry(endpoint: string, token: string, now: number): Date | null {
  const exp = jwtClaims(token)?.exp;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return null;
  if (exp * 1000 <= now) throw new MalformedAnswerError(endpoint, 'token has run out already');
  return new Date(Math.min(exp * 1000, now + LONGEST_MS));
}
