import { z } from 'zod';
import type { Deadlines } from './deadlines';
import { MalformedResponseError, RejectedError } from './errors';
import { jwtClaims } from './jwt';
import { Secret } from './secret';
import type { Send } from './sender';
import { acknowledge, read } from './wire';

/** A token for one browser. */
export interface WidgetToken {
  token: Secret;
  /** The token's `exp`, which may have passed; null where it names none. */
  expiresAt: Date | null;
  /**
   * The token's claims `id` and `sub`, at any depth, by their path in the payload. They are documented by an example
   * only: each may name the customer, the token or something else, and only other tokens show which.
   */
  names: Record<string, string>;
}

const tokenResponse = z.object({ token: z.string().min(1).max(8192) });
/** The last moment with a year of four digits, which every parser reads. */
const END_OF_TIME_MS = Date.UTC(9999, 11, 31);

/** The endpoints under /v2/ramp/: a customer's authorisation in the widget. All throw a KunaCoreError. */
export function rampEndpoints(send: Send, deadlines: Deadlines) {
  return {
    /**
     * Issues a widget token: POST /v2/ramp/token. Retried once on transient errors: an undelivered token is harmless.
     * The response for a blocked wallet is not documented; expect a RejectedError.
     * @param userAgent of the browser that will show the widget, byte for byte.
     * @throws MalformedResponseError also for a token that names another customer.
     */
    async issueToken({ customerId, userAgent }: { customerId: string; userAgent: string }): Promise<WidgetToken> {
      const body = { customerId, userAgent };
      const call = { method: 'POST', path: '/v2/ramp/token', body, deadline: deadlines.token } as const;
      const response = await send(call, { retry: true });
      const { token } = read(response, tokenResponse);
      // Documented as a JWT, but nothing here depends on that: an unreadable token is passed on as it is.
      const claims = jwtClaims(token);
      const { customers, names } = namesIn(claims);
      if (customers.some((named) => named !== customerId))
        throw new MalformedResponseError(response.endpoint, 'token of another customer');
      return { token: new Secret(token), expiresAt: expiry(claims?.exp), names };
    },

    /**
     * Invalidates the customer's authorisation in the widget: POST /v2/ramp/invalidate. It names the customer, so every
     * device is affected. Any 2xx but an HTML page is success; so is 404, when nothing is left to invalidate (KunaCore's
     * response is not documented). Not retried here: the caller repeats it until it succeeds.
     */
    async invalidate(customerId: string): Promise<void> {
      const body = { customerId };
      try {
        acknowledge(await send({ method: 'POST', path: '/v2/ramp/invalidate', body, deadline: deadlines.invalidate }));
      } catch (error) {
        if (!(error instanceof RejectedError && error.status === 404)) throw error;
      }
    },
  };
}

const NAMES_A_CUSTOMER = /^customer[-_]?id$|(?:^|\.)customer\.id$/i;
const DEEPEST = 4;

/** Collects the ids in a payload: `customers` are certainly customers, whatever the spelling; `names` may be. */
function namesIn(claims: unknown): { customers: string[]; names: Record<string, string> } {
  const customers: string[] = [];
  const names: Record<string, string> = {};
  const walk = (value: unknown, path: string[]) => {
    if (typeof value === 'object' && value !== null && path.length < DEEPEST) {
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
    } else if (typeof value === 'string') {
      const claim = path.at(-1) ?? '';
      if (NAMES_A_CUSTOMER.test(claim) || NAMES_A_CUSTOMER.test(path.join('.'))) customers.push(value);
      else if (/^(?:id|sub)$/i.test(claim)) names[path.join('.')] = value;
    }
  };
  walk(claims, []);
  return { customers, names };
}

/** Converts `exp`, in seconds since the epoch (RFC 7519, 4.1.4). */
function expiry(exp: unknown): Date | null {
  return typeof exp === 'number' ? new Date(Math.min(exp * 1000, END_OF_TIME_MS)) : null;
}
