import { createHash, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Customer, State, Token } from './state';
import type { OpenRefusal } from './widget-backend';

/** About 46.5 hours, as in the documentation's example. */
const LIFE_SECONDS = 167_400;

/** Widget tokens: JWTs with the documented claims, bound to a user agent, ended by invalidate. */
export class Tokens {
  constructor(private readonly state: State) {}

  /** POST /v2/ramp/token: issues a token. */
  async issue(customer: Customer, userAgent: string): Promise<string> {
    if (this.state.switches.newToken === 'ends-earlier') this.invalidate(customer.id);
    const now = this.state.now();
    const iat = Math.floor(now / 1000);
    const token: Token = {
      jti: randomUUID(),
      customerId: customer.id,
      userAgent,
      exp: iat + LIFE_SECONDS,
      ended: false,
      opened: false,
    };
    this.state.data.tokens.push(token);
    this.state.changed();
    const fingerprint = createHash('md5')
      .update(userAgent + token.jti)
      .digest('hex');
    return new SignJWT({ id: customer.id, fingerprint, sessionCreatedAt: now })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setAudience('widget')
      .setJti(token.jti)
      .setIssuedAt(iat)
      .setExpirationTime(token.exp)
      .sign(this.#key());
  }

  /** POST /v2/ramp/invalidate: ends every token of the customer. @returns the number that were live. */
  invalidate(customerId: string): number {
    const living = this.living(customerId);
    for (const token of living) token.ended = true;
    this.state.changed();
    return living.length;
  }

  living(customerId: string): Token[] {
    return this.state.data.tokens.filter((token) => token.customerId === customerId && this.refusal(token) === null);
  }

  /** Opens a token in the widget. */
  async open(text: string, userAgent: string): Promise<{ token: Token } | { reason: OpenRefusal }> {
    const token = await this.#find(text);
    if (!token) return { reason: 'malformed' };
    const { otherUserAgent, secondOpening } = this.state.switches;
    if (otherUserAgent === 'refused' && token.userAgent !== userAgent) return { reason: 'other-browser' };
    const reason = this.refusal(token);
    if (reason) return { reason };
    if (secondOpening === 'refused' && token.opened) return { reason: 'already-opened' };
    token.opened = true;
    this.state.changed();
    return { token };
  }

  /** Returns why a token has ended, or null while it is live. */
  refusal(token: Token): 'ended' | 'expired' | null {
    if (token.ended) return 'ended';
    return token.exp * 1000 <= this.state.now() ? 'expired' : null;
  }

  async #find(text: string): Promise<Token | undefined> {
    // `refusal` checks the expiry, so that people see "expired" rather than "malformed".
    const options = { audience: 'widget', currentDate: new Date(0) };
    const verified = await jwtVerify(text, this.#key(), options).catch(() => null);
    return this.state.data.tokens.find(({ jti }) => jti === verified?.payload.jti);
  }

  #key(): Uint8Array {
    return new TextEncoder().encode(this.state.data.secret);
  }
}
