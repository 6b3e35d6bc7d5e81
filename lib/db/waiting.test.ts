import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { log } from '@/lib/log/log';
import { withConnection } from './connection';
import { remedyOf } from './remedy';
import { Waiting } from './waiting';

beforeEach(() => {
  Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')), { LOG_LEVEL: 'silent' });
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('logs what is waited for at once, and then less and less often, up to once a minute', () => {
  const lines = vi.spyOn(log(), 'warn');
  const waiting = new Waiting();
  for (let second = 0; second <= 200; second += 1) {
    waiting.report('npm run db:migrate');
    vi.advanceTimersByTime(1_000);
  }
  const seconds = lines.mock.calls.map(([line]) => (line as unknown as { seconds: number }).seconds);
  expect(seconds).toEqual([0, 10, 30, 70, 130, 190]);
  expect(waiting.current).toEqual({ waitsFor: 'npm run db:migrate', seconds: 201 });
});

test('logs another reason at once, and the end once', () => {
  const [lines, ends] = [vi.spyOn(log(), 'warn'), vi.spyOn(log(), 'info')];
  const waiting = new Waiting();
  waiting.report('the database', { event: 'database_unavailable' });
  waiting.report('its own migration');
  waiting.end();
  waiting.end();
  expect(lines).toHaveBeenCalledTimes(2);
  expect(ends).toHaveBeenCalledTimes(1);
  expect(waiting.current).toBeNull();
});

test('logs nothing for a step of every start', () => {
  const lines = [vi.spyOn(log(), 'warn'), vi.spyOn(log(), 'info')];
  const waiting = new Waiting();
  waiting.begin('the check of stored data');
  waiting.end();
  for (const line of lines) expect(line).not.toHaveBeenCalled();
});

test('names what to look at when nothing listens', async () => {
  const error = await withConnection('postgres://portal@127.0.0.1:2/portal', async () => {}).catch((error) => error);
  expect(remedyOf(error)).toBe('host and port in DATABASE_URL: nothing listens there');
});

test.each([
  ['28P01', 'password'],
  ['08P01', 'the log of the server or of the pooler'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'host name'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'authority'],
  ['3D000', 'name of the database'],
])('names what to look at for %s', (code, part) => {
  expect(remedyOf(Object.assign(new Error('secret'), { code }))).toContain(part);
});
