import { inspect } from 'node:util';

/**
 * What can go wrong with a call to KunaCore. No error carries a credential, a token, a body or personal data: neither
 * in its message nor in a cause, so that it can be logged as it is.
 */
export abstract class KunaCoreError extends Error {
  constructor(
    message: string,
    /** Path of the endpoint, e.g. `/v2/ramp/token`. */
    readonly endpoint: string,
    /** KunaCore may have carried the call out although there is no good answer: look before trying again. */
    readonly mayHaveHappened: boolean,
  ) {
    super(`${endpoint}: ${message}`);
    this.name = new.target.name;
  }

  [inspect.custom](): string {
    return `${this.name}: ${this.message}`;
  }
}

/** No connection, or it broke. `code` is the system's, e.g. ECONNREFUSED. */
export class UnreachableError extends KunaCoreError {
  constructor(
    endpoint: string,
    readonly code: string,
  ) {
    super(`cannot be reached (${code})`, endpoint, !NEVER_SENT.has(code));
  }
}

/** The deadline over connecting, headers and body has passed. */
export class TimeoutError extends KunaCoreError {
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
  constructor(
    endpoint: string,
    readonly reason: 'redirect' | 'content-encoding' | 'too-large',
  ) {
    super(`answer refused (${reason})`, endpoint, true);
  }
}

/** KunaCore answered with an error status. Its message is not kept: it may repeat what was sent. */
export class RejectedError extends KunaCoreError {
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

/** Our credentials were not accepted, in login mode after one new login. For the institution's operator. */
export class UnauthorisedError extends RejectedError {}

/** The answer is not what the documentation says: no JSON, a field missing, somebody else's data. */
export class MalformedAnswerError extends KunaCoreError {
  constructor(
    endpoint: string,
    /** What was wrong, in our words: `not JSON`, or the paths of the fields. */
    readonly problem: string,
  ) {
    super(`malformed answer (${problem})`, endpoint, true);
  }
}

/** These fail before a byte is sent. */
const NEVER_SENT = new Set([
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
