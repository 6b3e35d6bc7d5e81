import { z } from 'zod';
import { LOGIN_ENDPOINT, MalformedResponseError, RejectedError, TimeoutError, UnauthorisedError } from './errors';
import { jwtClaims } from './jwt';
import { type ApiResponse, type Call, type Connection, send } from './transport';
import { unwrap } from './wire';

/** Credentials that Kuna issues to an institution: a key, or a login for a JWT. */
export type Credentials =
  | { kind: 'api-key'; apiKey: string }
  | { kind: 'login'; merchantId: string; login: string; password: string };

/** Sends a request with the institution's credentials. `signal` is the call's deadline, already running. */
export type AuthenticatedSend = (call: Call, signal: AbortSignal) => Promise<ApiResponse>;

/** A JWT is replaced this long before it expires, in milliseconds. */
const MARGIN_MS = 30_000;

/**
 * Supports both documented ways to authenticate: the `api-key` header, or `authorization: Bearer` with the JWT of
 * `POST /v2/auth/login`. The JWT is kept until its `exp`, concurrent callers share one login, and a 401 leads to one
 * new login and one repetition.
 */
export function authenticatedSend(
  connection: Connection,
  credentials: Credentials,
  loginDeadline: number,
): AuthenticatedSend {
  if (credentials.kind === 'api-key') {
    return (call, signal) => send(connection, call, { 'api-key': credentials.apiKey }, signal);
  }
  const tokens = new LoginTokens(connection, credentials, loginDeadline);
  return async (call, signal) => {
    const token = await within(signal, call, tokens.current());
    try {
      return await send(connection, call, bearer(token), signal);
    } catch (error) {
      if (!(error instanceof UnauthorisedError)) throw error;
      return send(connection, call, bearer(await within(signal, call, tokens.renew(token))), signal);
    }
  };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Waits for a login no longer than the call's own deadline. The login continues for the callers that share it. */
function within<T>(signal: AbortSignal, call: Call, login: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new TimeoutError(LOGIN_ENDPOINT, call.deadline));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    login.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/** Names of the login in the body, the likeliest first: the documentation shows `email`, in an example. */
const LOGIN_FIELDS = ['email', 'login'] as const;

const loginResponse = z.object({ accessToken: z.string().min(1) });

class LoginTokens {
  #token: { value: string; expiresAt: number } | undefined;
  #login: Promise<string> | undefined;
  #fields: readonly string[] = LOGIN_FIELDS;

  constructor(
    private readonly connection: Connection,
    private readonly credentials: Extract<Credentials, { kind: 'login' }>,
    private readonly deadline: number,
  ) {}

  current(): Promise<string> {
    const { now } = this.connection;
    if (this.#token && now() < this.#token.expiresAt - MARGIN_MS) return Promise.resolve(this.#token.value);
    return this.#logIn();
  }

  /** Returns a new token, unless another caller has already replaced the refused one. */
  renew(refused: string): Promise<string> {
    if (this.#token?.value === refused) this.#token = undefined;
    return this.current();
  }

  #logIn(): Promise<string> {
    this.#login ??= this.#request().finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  async #request(): Promise<string> {
    const response = await this.#sendInEitherShape(AbortSignal.timeout(this.deadline)).catch(asUnauthorised);
    const parsed = loginResponse.safeParse(unwrap(response));
    if (!parsed.success) throw new MalformedResponseError(response.endpoint, 'accessToken');
    const value = parsed.data.accessToken;
    const exp = jwtClaims(value)?.exp;
    this.#token = { value, expiresAt: typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY };
    return value;
  }

  /** Tries the other field name when the first is rejected, and starts with the one that worked from then on. */
  async #sendInEitherShape(signal: AbortSignal): Promise<ApiResponse> {
    const [first = '', second = ''] = this.#fields;
    try {
      return await this.#send(first, signal);
    } catch (error) {
      if (!isAboutShape(error)) throw error;
      const response = await this.#send(second, signal).catch((other) => {
        throw isAboutShape(other) ? error : other;
      });
      this.#fields = [second, first];
      return response;
    }
  }

  #send(field: string, signal: AbortSignal): Promise<ApiResponse> {
    const { merchantId, login, password } = this.credentials;
    const body = { [field]: login, password };
    const call: Call = { method: 'POST', path: LOGIN_ENDPOINT, body, deadline: this.deadline };
    return send(this.connection, call, { merchant_id: merchantId }, signal);
  }
}

function isAboutShape(error: unknown): boolean {
  return error instanceof RejectedError && [400, 422].includes(error.status);
}

/**
 * Turns any refusal of a login into UnauthorisedError. The status of a wrong login is not documented: a 400 or 404 must
 * not look like a no to the call that needed it.
 */
function asUnauthorised(error: unknown): never {
  const isRefused = error instanceof RejectedError && !error.isTransient;
  throw isRefused ? new UnauthorisedError(error.endpoint, error.code, error.retryAfter) : error;
}
