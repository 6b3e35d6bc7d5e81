// ASVS 5.0: 1.1.2 16.2.1 16.2.2 16.2.4 16.2.5 16.4.1
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { enterRequest } from '@/lib/request-context';
import { fuzzRuns } from '@/tests/fuzz';
import { createLog, describeError, stackFrames } from './log';

function capture() {
  const lines: string[] = [];
  return { lines, log: createLog('info', { write: (line) => void lines.push(line) }) };
}

test('writes each event as one line of JSON, for any content [T34]', () => {
  const { lines, log } = capture();
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, text) => {
      lines.length = 0;
      log.info({ event: `x${name}\n`, text: `\u001b[31m${text}\r\n{"forged":true}\u2028` });
      const [line = ''] = lines;
      return (
        lines.length === 1 && !/[\n\r]./.test(line) && line.endsWith('\n') && JSON.parse(line).forged === undefined
      );
    }),
    fuzzRuns(2000),
  );
});

test('adds the time to every line, as ISO 8601 in UTC', () => {
  const { lines, log } = capture();
  const before = Date.now();
  log.info({ event: 'x' });
  log.error(new Error('y'));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const { time } = JSON.parse(line);
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
  }
});

test('redacts secrets and error messages [T4]', () => {
  const { lines, log } = capture();
  const secret = 'CANARY';
  log.info({ token: secret, user: { email: secret, deep: { password: secret } }, headers: { cookie: secret } });
  log.error({ err: new Error(secret), error: new Error(secret, { cause: new Error(secret) }) });
  log.error(new Error(secret));
  expect(lines).toHaveLength(3);
  expect(lines.join('')).not.toContain(secret);
});

test('adds the request id to the lines of a request, and none to background work', async () => {
  const { lines, log } = capture();
  await new Promise<void>((resolve) =>
    setImmediate(() => {
      enterRequest({ requestId: 'number-1', address: null });
      setTimeout(() => {
        log.info({ event: 'in' });
        resolve();
      }, 1);
    }),
  );
  log.info({ event: 'out' });
  expect(lines.map((line) => JSON.parse(line).requestId)).toEqual(['number-1', undefined]);
});

test('describes an error by kind, code and stack frames, without its message', () => {
  const error = Object.assign(new TypeError('select … params: anna@example.com'), { code: '23505' });
  expect(describeError(error)).toEqual({ kind: 'TypeError', code: '23505' });
  expect(stackFrames(error).join()).toContain('log.test.ts');
  expect(stackFrames(error).join()).not.toContain('anna');
  expect(describeError('text')).toEqual({ kind: 'string' });
});
