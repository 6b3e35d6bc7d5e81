import { z } from 'zod';
import type { Deadlines } from './deadlines';
import { MalformedAnswerError, RejectedError } from './errors';
import { jwtClaims } from './jwt';
import { Secret } from './secret';
import type { Sender } from './sender';
import { acknowledge, read } from './wire';

/** A token for one browser. */
export interface WidgetToken {
  token: Secret;
  /** The token's own `exp` as it stands; null where it names none. Whether it has passed, the caller's clock says. */
  expiresAt: Date | null;
  /**
   * The token's claims `id` and `sub`, at any depth, by their place in the payload. Documented by an example only:
   * each may name the customer, or the token, or something else. Only what is learned from other tokens tells which.
   */
  names: Record<string, string>;
}

const tokenAnswer = z.object({ token: z.string().min(1).max(8192) });
/** The last moment with a year of four digits, which everybody can read. */
const END_OF_TIME_MS = Date.UTC(9999, 11, 31);

/** The endpoints under /v2/ramp/: the life of a customer's authorisation in the widget. All throw a KunaCoreError. */
export function rampEndpoints({ once, twice }: Sender, deadlines: Deadlines) {
  return {
    /**
     * Issues a widget token: POST /v2/ramp/token. Tried once more where there is hope: a token nobody received does no
     * harm. What a blocked wallet gets is not documented; expect a RejectedError.
     * @param userAgent of the browser that will show the widget, byte for byte.
     * @throws MalformedAnswerError also for a token that names another customer.
     */
    async issueToken({ customerId, userAgent }: { customerId: string; userAgent: string }): Promise<WidgetToken> {
      const body = { customerId, userAgent };
      const answer = await twice({ method: 'POST', path: '/v2/ramp/token', body, deadline: deadlines.token });
      const { token } = read(answer, tokenAnswer);
      // Documented as a JWT, but nothing here depends on that: a token that cannot be read is passed on as it is.
      const claims = jwtClaims(token);
      const { customers, names } = namesIn(claims);
      if (customers.some((one) => one !== customerId)) {
        throw new MalformedAnswerError(answer.endpoint, 'token of another customer');
      }
      return { token: new Secret(token), expiresAt: expiry(claims?.exp), names };
    },

    /**
     * Cancels the customer's authorisation in the widget: POST /v2/ramp/invalidate. It names the customer, so every
     * device is affected. Any 2xx but a web page is a yes; 404 means there was nothing left to cancel (what
     * KunaCore answers then is not documented). Not repeated here: the caller goes on until it is done.
     */
    async invalidate(customerId: string): Promise<void> {
      const body = { customerId };
      try {
        acknowledge(await once({ method: 'POST', path: '/v2/ramp/invalidate', body, deadline: deadlines.invalidate }));
      } catch (error) {
        if (!(error instanceof RejectedError && error.status === 404)) throw error;
      }
    },
  };
}

const NAMES_A_CUSTOMER = /^customer[-_]?id$|(?:^|\.)customer\.id$/i;
const DEEPEST = 4;

/** Reads whom a payload names: `customers` for certain, whatever the claim's spelling; `names` perhaps. */
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

/** @param exp the JWT's claim, in seconds since the epoch (RFC 7519, 4.1.4). */
function expiry(exp: unknown): Date | null {
  return typeof exp === 'number' ? new Date(Math.min(exp * 1000, END_OF_TIME_MS)) : null;
}
