import { expect, test } from 'vitest';
import {
  KunaCoreError,
  MalformedResponseError,
  RefusedResponseError,
  RejectedError,
  TimeoutError,
  UnauthorisedError,
  UnreachableError,
} from './errors';
import { mayTryAgain, pauseBeforeRetry, RetryBudget, retryAfterMs, tryTwice } from './retry';

const AT = '/v2/ramp/token';
const rejected = (status: number, retryAfter?: number) => new RejectedError(AT, status, undefined, retryAfter);

test.each([
  [new UnreachableError(AT, 'ECONNREFUSED', false), true, true],
  [new UnreachableError(AT, 'ENOTFOUND', false), true, true],
  [new UnreachableError(AT, 'ECONNRESET', false), true, true],
  [new UnreachableError(AT, 'UND_ERR_SOCKET', false), true, true],
  [new UnreachableError(AT, 'ECONNRESET', true), false, true],
  [new UnreachableError(AT, 'HPE_INVALID_CONSTANT', false), false, true],
  [new TimeoutError(AT, 5), false, true],
  [new RefusedResponseError(AT, 'redirect'), false, true],
  [new MalformedResponseError(AT, 'data'), false, true],
  [new UnauthorisedError(AT, undefined, undefined), false, true],
  [rejected(503), true, true],
  [rejected(503, 1_000), true, true],
  [rejected(503, 1_001), false, true],
  [rejected(500), false, true],
  [rejected(429, 0), false, true],
  [rejected(408), false, true],
  [rejected(400), false, false],
  [rejected(403), false, false],
  [rejected(404), false, false],
  [rejected(409), false, false],
  [new Error('ours'), false, false],
  ['thrown text', false, false],
])('%s: again at once? %s; transient? %s', (error, atOnce, transient) => {
  expect(mayTryAgain(error)).toBe(atOnce);
  expect(error instanceof KunaCoreError && error.isTransient).toBe(transient);
});

test.each([
  [undefined, 0, 50],
  [undefined, 1, 100],
  [800, 0, 850],
  [800, 0.5, 875],
])('asked to wait %s ms, with jitter %d: a pause of %d ms', (retryAfter, random, pause) => {
  expect(pauseBeforeRetry(rejected(503, retryAfter), random)).toBe(pause);
});

test('a pause that outlasts the deadline ends with the first error', async () => {
  const first = rejected(503, 1_000);
  let attempts = 0;
  const once = async () => {
    attempts += 1;
    throw first;
  };
  await expect(tryTwice(once, AbortSignal.abort(), () => 0, new RetryBudget())).rejects.toBe(first);
  expect(attempts).toBe(1);
});

test.each([
  [400, true],
  [401, false],
  [403, false],
  [404, true],
  [408, false],
  [409, true],
  [422, true],
  [429, false],
  [500, false],
  [503, false],
])('a rejection with %i is final: %s', (status, isFinal) => {
  expect(rejected(status).isFinal).toBe(isFinal);
});

const NOW = Date.parse('2026-05-01T12:00:00Z');

test.each([
  [null, undefined],
  ['', undefined],
  ['0', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['60', 60_000],
  ['61', 60_000],
  ['9'.repeat(400), 60_000],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['soon GMT', undefined],
  ['Fri, 01 May 2026 12:00:09 GMT', 9_000],
  ['Fri, 01 May 2026 11:00:00 GMT', 0],
  ['Sat, 01 May 2077 12:00:00 GMT', 60_000],
])('Retry-After %j is %s ms', (header, expected) => {
  expect(retryAfterMs(header, NOW)).toBe(expected);
});
