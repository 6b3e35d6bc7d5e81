import { z } from 'zod';
import { MalformedAnswerError, UnauthorisedError } from './errors';
import { jwtClaims } from './jwt';
import { type Answer, type Call, send, unwrap } from './transport';

/** What Kuna issues to an institution: a key, or a login for a JWT. */
export type Credentials =
  | { kind: 'api-key'; apiKey: string }
  | { kind: 'login'; merchantId: string; login: string; password: string };

/** Sends a request with the institution's credentials. */
export type AuthenticatedSend = (call: Call) => Promise<Answer>;

interface Options {
  apiUrl: string;
  credentials: Credentials;
  /** Milliseconds since the epoch. */
  now: () => number;
  loginDeadline: number;
}

/** A new JWT is asked for this long before the old one runs out, in milliseconds. */
const MARGIN_MS = 30_000;

/**
 * Both documented ways to authenticate: the `api-key` header, or `authorization: Bearer` with the JWT of
 * `POST /v2/auth/login`. The JWT is kept until its `exp`; callers that need one at once share one login; a 401 leads
 * to one new login and one repetition.
 */
export function authenticatedSend(options: Options): AuthenticatedSend {
  const { apiUrl, credentials } = options;
  if (credentials.kind === 'api-key') {
    return (call) => send(apiUrl, { ...call, headers: { 'api-key': credentials.apiKey } });
  }
  const tokens = new LoginTokens(options, credentials);
  return async (call) => {
    const token = await tokens.current();
    try {
      return await send(apiUrl, withBearer(call, token));
    } catch (error) {
      if (!(error instanceof UnauthorisedError)) throw error;
      return send(apiUrl, withBearer(call, await tokens.renew(token)));
    }
  };
}

function withBearer(call: Call, token: string): Call {
  return { ...call, headers: { authorization: `Bearer ${token}` } };
}

const loginAnswer = z.object({ accessToken: z.string().min(1) });

class LoginTokens {
  #token: { value: string; expiresAt: number } | undefined;
  #login: Promise<string> | undefined;

  constructor(
    private readonly options: Options,
    private readonly credentials: Extract<Credentials, { kind: 'login' }>,
  ) {}

  current(): Promise<string> {
    const { now } = this.options;
    if (this.#token && now() < this.#token.expiresAt - MARGIN_MS) return Promise.resolve(this.#token.value);
    return this.#logIn();
  }

  /** A new token, unless another caller has already replaced the refused one. */
  renew(refused: string): Promise<string> {
    if (this.#token?.value === refused) this.#token = undefined;
    return this.current();
  }

  #logIn(): Promise<string> {
    this.#login ??= this.#ask().finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  async #ask(): Promise<string> {
    const { apiUrl, loginDeadline } = this.options;
    const { merchantId, login, password } = this.credentials;
    const answer = await send(apiUrl, {
      method: 'POST',
      path: '/v2/auth/login',
      headers: { merchant_id: merchantId },
      body: { login, password },
      deadline: loginDeadline,
    });
    const parsed = loginAnswer.safeParse(unwrap(answer));
    if (!parsed.success) throw new MalformedAnswerError(answer.endpoint, 'accessToken');
    const value = parsed.data.accessToken;
    const exp = jwtClaims(value)?.exp;
    this.#token = { value, expiresAt: typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY };
    return value;
  }
}
