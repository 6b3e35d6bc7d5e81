// ASVS 5.0: 16.5.2
import { DrizzleQueryError } from 'drizzle-orm/errors';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DatabaseUnavailable, isDatabaseUnavailable } from './unavailable';

/** Returns a driver's error as drizzle wraps it. */
const failedQuery = (cause: Error) => new DrizzleQueryError('select 1', [], cause);
const withCode = (code: string) => Object.assign(new Error('from the driver'), { code });

test.each([
  ['the server ends the connection', withCode('57P01')],
  ['the server is starting', withCode('57P03')],
  ['the connection breaks', withCode('08006')],
  ['the connection is reset', withCode('ECONNRESET')],
  ['the host is not found', withCode('EAI_AGAIN')],
  ['the primary has become a standby', withCode('25006')],
  ['a serialization failure', withCode('40001')],
  ['a deadlock', withCode('40P01')],
  ['an unknown completion', withCode('40003')],
  ['too many connections', withCode('53300')],
  ['a full disk', withCode('53100')],
  ['a statement that takes too long', withCode('57014')],
  ['a lock that is not free in time', withCode('55P03')],
  ['an I/O error', withCode('58030')],
  ['a password that was changed', withCode('28P01')],
  ['the driver waits too long', new Error('Query read timeout')],
  ['the connection ends', new Error('Connection terminated unexpectedly')],
  ['no connection becomes free', new Error('timeout exceeded when trying to connect')],
])('counts as unavailable: %s', (_what, cause) => {
  expect(isDatabaseUnavailable(failedQuery(cause))).toBe(true);
  expect(isDatabaseUnavailable(new Error('around it', { cause: failedQuery(cause) }))).toBe(true);
});

test.each([
  ['a duplicate', '23505'],
  ['a missing column', '42703'],
  ['no right to the table', '42501'],
  ['a number that is too large', '22003'],
  ['a function that raises', 'P0001'],
])('does not count as unavailable: %s', (_what, code) => {
  expect(isDatabaseUnavailable(failedQuery(withCode(code)))).toBe(false);
});

test('ignores errors that do not come from the database, with any code and message', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (message, code) => {
      expect(isDatabaseUnavailable(Object.assign(new Error(message), { code }))).toBe(false);
    }),
  );
  for (const value of [undefined, null, 'x', {}]) expect(isDatabaseUnavailable(value)).toBe(false);
});

test('counts every driver error as unavailable unless its code blames the statement', () => {
  fc.assert(
    fc.property(fc.string(), fc.stringMatching(/^[0-9A-Z]{5}$/), (message, code) => {
      fc.pre(!/^(?:2[123]|42|P0)/.test(code));
      expect(isDatabaseUnavailable(failedQuery(new Error(message)))).toBe(true);
      expect(isDatabaseUnavailable(failedQuery(withCode(code)))).toBe(true);
    }),
  );
});

test('recognises DatabaseUnavailable by name, because each bundle has its own copy of the class', () => {
  class DatabaseUnavailableOfAnotherBundle extends Error {
    override readonly name = 'DatabaseUnavailable';
  }
  for (const error of [new DatabaseUnavailable(), new DatabaseUnavailableOfAnotherBundle()])
    expect(isDatabaseUnavailable(error)).toBe(true);
});
