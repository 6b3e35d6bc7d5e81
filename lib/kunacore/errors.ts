import { inspect } from 'node:util';

/**
 * What can go wrong with a call to KunaCore. No error carries a credential, a token, a body or personal data: neither
 * in its message nor in a cause, so that it can be logged as it is.
 */
export abstract class KunaCoreError extends Error {
  /**
   * KunaCore may have carried the call out although there is no good answer: look before trying again. Never so when
   * the login failed (`endpoint` is then the login's): the call itself was not sent, or refused for want of a login.
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

  [inspect.custom](): string {
    return `${this.name}: ${this.message}`;
  }
}

/** POST /v2/auth/login: a failure here says nothing about the call that needed the login. */
export const LOGIN_ENDPOINT = '/v2/auth/login';

// Every class below writes its name out: a bundler may shorten the names of classes, and logs are searched for these.

/** No connection, or it broke. `code` is the system's, e.g. ECONNREFUSED. */
export class UnreachableError extends KunaCoreError {
  override readonly name = 'UnreachableError';

  constructor(
    endpoint: string,
    readonly code: string,
    /** KunaCore had begun to answer before the connection broke. */
    readonly answerBegun: boolean,
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
    super(`no complete answer within ${deadline} ms`, endpoint, true);
  }
}

/** We refuse the answer: a redirect, an encoding we did not ask for, more than 256 kB. */
export class RefusedAnswerError extends KunaCoreError {
  override readonly name = 'RefusedAnswerError';

  constructor(
    endpoint: string,
    readonly reason: 'redirect' | 'content-encoding' | 'too-large',
  ) {
    super(`answer refused (${reason})`, endpoint, true);
  }
}

/** KunaCore answered with an error status. Its message is not kept: it may repeat what was sent. */
export class RejectedError extends KunaCoreError {
  override readonly name: string = 'RejectedError';

  constructor(
    endpoint: string,
    readonly status: number,
    /** KunaCore's code where it gives one. */
    readonly code: string | undefined,
    /** When to try again, from `Retry-After`, in milliseconds. */
    readonly retryAfter: number | undefined,
  ) {
    // A plain no was not carried out; behind a 5xx anything may have happened.
    super(`rejected with ${status}${code ? ` (${code})` : ''}`, endpoint, status >= 500);
  }
}

/**
 * Our credentials were not accepted, in login mode after one new login. For the institution's operator. A 403 is not
 * one of these: it may be a no to this customer.
 */
export class UnauthorisedError extends RejectedError {
  override readonly name = 'UnauthorisedError';

  /** The status is 401 also where a login was refused with another one: nobody may take it for a no to the call. */
  constructor(endpoint: string, code: string | undefined, retryAfter: number | undefined) {
    super(endpoint, 401, code, retryAfter);
  }
}

/** The answer is not what the documentation says: no JSON, a field missing, somebody else's data. */
export class MalformedAnswerError extends KunaCoreError {
  override readonly name = 'MalformedAnswerError';

  constructor(
    endpoint: string,
    /** What was wrong, in our words: `not JSON`, or the paths of the fields. */
    readonly problem: string,
  ) {
    super(`malformed answer (${problem})`, endpoint, true);
  }
}

/** Code of an UnreachableError that was not even tried: KunaCore is left alone for a while (breaker.ts). */
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
]);

/** Will the same call probably succeed later? A plain no (4xx) will not become a yes; missing credentials may be mended. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof KunaCoreError)) return false;
  if (!(error instanceof RejectedError)) return true;
  return error.status >= 500 || [401, 408, 425, 429].includes(error.status);
}
