import { inspect } from 'node:util';

/**
 * Base of every error of a call to KunaCore. No error carries a credential, a token, a body or personal data, neither
 * in its message nor in a cause, so all of them can be logged.
 */
export abstract class KunaCoreError extends Error {
  /**
   * KunaCore may have carried the call out although there is no good response: look before trying again. Never true
   * when the login failed (`endpoint` is then the login's), because the call itself was not accepted.
   */
  readonly mayHaveHappened: boolean;

  constructor(
    message: string,
    /** Path of the endpoint, e.g. `/v2/ramp/token`. */
    readonly endpoint: string,
    mayHaveHappened: boolean,
  ) {
    super(`${endpoint}: ${message}`);
    this.mayHaveHappened = mayHaveHappened && endpoint !== LOGIN_ENDPOINT;
  }

  /** The same call will probably succeed later. */
  get isTransient(): boolean {
    return true;
  }

  [inspect.custom](): string {
    return `${this.name}: ${this.message}`;
  }
}

/** POST /v2/auth/login: a failure here says nothing about the call that needed the login. */
export const LOGIN_ENDPOINT = '/v2/auth/login';

// Every class below spells its name out: a bundler may shorten class names, and logs are searched for these.

/** No connection, or it broke. `code` is the system's, e.g. ECONNREFUSED. */
export class UnreachableError extends KunaCoreError {
  override readonly name = 'UnreachableError';

  constructor(
    endpoint: string,
    readonly code: string,
    /** The response had begun before the connection broke. */
    readonly responseBegun: boolean,
  ) {
    super(`cannot be reached (${code})`, endpoint, !NEVER_SENT.has(code));
  }
}

/** The deadline over login, connecting, headers and body has passed. */
export class TimeoutError extends KunaCoreError {
  override readonly name = 'TimeoutError';

  constructor(
    endpoint: string,
    /** The deadline, in milliseconds. */
    readonly deadline: number,
  ) {
    super(`no complete response within ${deadline} ms`, endpoint, true);
  }
}

/** The client refuses the response: a redirect, an unrequested encoding, more than 256 kB. */
export class RefusedResponseError extends KunaCoreError {
  override readonly name = 'RefusedResponseError';

  constructor(
    endpoint: string,
    readonly reason: 'redirect' | 'content-encoding' | 'too-large',
  ) {
    super(`response refused (${reason})`, endpoint, true);
  }
}

/** KunaCore responded with an error status. Its message is not kept: it may repeat what was sent. */
export class RejectedError extends KunaCoreError {
  override readonly name: string = 'RejectedError';

  constructor(
    endpoint: string,
    readonly status: number,
    /** KunaCore's code, where it gives one. */
    readonly code: string | undefined,
    /** When to try again, from `Retry-After`, in milliseconds. */
    readonly retryAfter: number | undefined,
  ) {
    // A 4xx was not carried out; behind a 5xx anything may have happened.
    super(`rejected with ${status}${code ? ` (${code})` : ''}`, endpoint, status >= 500);
  }

  /** A 5xx, missing credentials and "not now" can change; any other 4xx stays what it is. */
  override get isTransient(): boolean {
    return this.status >= 500 || [401, 408, 425, 429].includes(this.status);
  }

  /** KunaCore understood the call and said no to it. Not a 403, which may be about our credentials. */
  get isFinal(): boolean {
    return [400, 404, 409, 422].includes(this.status);
  }
}

/**
 * Our credentials were not accepted, in login mode after one new login. For the institution's operator. A 403 is not
 * one of these: it may be a no to this customer.
 */
export class UnauthorisedError extends RejectedError {
  override readonly name = 'UnauthorisedError';

  /** Sets 401 even where a login was refused with another status, which must not look like a no to the call. */
  constructor(endpoint: string, code: string | undefined, retryAfter: number | undefined) {
    super(endpoint, 401, code, retryAfter);
  }
}

/** The response differs from the documentation: no JSON, a field missing, another customer's data. */
export class MalformedResponseError extends KunaCoreError {
  override readonly name = 'MalformedResponseError';

  constructor(
    endpoint: string,
    /** What was wrong, in our words: `not JSON`, or the paths of the fields. */
    readonly problem: string,
  ) {
    super(`malformed response (${problem})`, endpoint, true);
  }
}

/** Code of an UnreachableError that was not even tried, because the circuit is open (breaker.ts). */
export const CIRCUIT_OPEN = 'CIRCUIT_OPEN';

/** These fail before a byte is sent. */
const NEVER_SENT = new Set([
  CIRCUIT_OPEN,
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  // Of a proxy that opened no way (lib/network/tunnel.ts).
  'PROXY_UNREACHABLE',
  'PROXY_TIMEOUT',
  'PROXY_CREDENTIALS',
  'PROXY_REFUSED',
]);
