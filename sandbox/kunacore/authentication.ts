import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ApiError, parseBody } from './http';
import type { State } from './state';

/** The credentials of the sandbox's one institution. */
export interface Credentials {
  apiKey: string;
  merchantId: string;
  login: string;
  password: string;
}

/** The endpoint whose body contains credentials. */
export const LOGIN = '/v2/auth/login';

const loginBodies = {
  email: z.strictObject({ email: z.string(), password: z.string() }),
  login: z.strictObject({ login: z.string(), password: z.string() }),
};

const MINUTES = 15;

/** The kind of a request's credentials, without their value. */
export function authenticationKind(headers: IncomingHttpHeaders): 'api-key' | 'bearer' | 'none' {
  if (headers['api-key']) return 'api-key';
  return headers.authorization ? 'bearer' : 'none';
}

/** Authenticates by API key or by login. */
export class Authentication {
  constructor(
    private readonly state: State,
    private readonly credentials: Credentials,
  ) {}

  /** POST /v2/auth/login, in the shape that the switch says. @throws ApiError 400 for another shape, or 401 */
  async logIn(request: IncomingMessage, text: string): Promise<{ accessToken: string }> {
    const { merchantId, login, password } = this.credentials;
    const body: { email?: string; login?: string; password: string } = parseBody<
      z.infer<(typeof loginBodies)['email' | 'login']>
    >(request, text, loginBodies[this.state.switches.loginBody]);
    const given = body.email ?? body.login;
    if (request.headers.merchant_id !== merchantId || given !== login || body.password !== password) {
      throw new ApiError(401, 'BAD_LOGIN', 'merchant_id, login or password is wrong');
    }
    const now = Math.floor(this.state.now() / 1000);
    const token = new SignJWT({ merchant: merchantId }).setProtectedHeader({ alg: 'HS256' }).setAudience('api');
    return {
      accessToken: await token
        .setIssuedAt(now)
        .setExpirationTime(now + MINUTES * 60)
        .sign(this.#key()),
    };
  }

  /** @throws ApiError 401 */
  async check(headers: IncomingHttpHeaders): Promise<void> {
    if (headers['api-key'] === this.credentials.apiKey) return;
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (bearer && (await this.#isOurs(bearer))) return;
    throw new ApiError(401, 'UNAUTHORISED', 'Authentication is missing, wrong or has run out');
  }

  async #isOurs(token: string): Promise<boolean> {
    const currentDate = new Date(this.state.now());
    return jwtVerify(token, this.#key(), { audience: 'api', currentDate }).then(
      () => true,
      () => false,
    );
  }

  #key(): Uint8Array {
    return new TextEncoder().encode(this.state.data.secret);
  }
}
