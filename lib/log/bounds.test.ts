// ASVS 5.0: 15.2.2
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { REFUSAL_STATUS } from '@/lib/http/request-guard';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { LINES, LINES_OF_REFUSALS, LogBounds, WINDOW_MS } from './bounds';
import { createLog } from './log';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function capture() {
  const lines: { event?: string; of?: string; times?: number }[] = [];
  const bounds: LogBounds = new LogBounds((leftOut) => log.warn({ event: 'lines_left_out', ...leftOut }));
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line)) }, bounds);
  return { lines, log, bounds };
}

const refuse = (reason: string) => ({ event: 'request_refused', reason, method: 'GET', path: '/x' });

test('limits the lines of rejected requests for each reason, and reports the rest [T34]', () => {
  const { lines, log } = capture();
  const reasons = Object.keys(REFUSAL_STATUS);
  for (let n = 0; n < 1000; n += 1) for (const reason of reasons) log.warn(refuse(reason));
  expect(lines.length).toBe(LINES_OF_REFUSALS * reasons.length);
  vi.advanceTimersByTime(WINDOW_MS);
  expect(lines.slice(LINES_OF_REFUSALS * reasons.length)).toMatchObject(
    reasons.map((reason) => ({
      event: 'lines_left_out',
      of: `request_refused ${reason}`,
      times: 1000 - LINES_OF_REFUSALS,
    })),
  );
  vi.advanceTimersByTime(10 * WINDOW_MS);
  log.warn(refuse('host'));
  expect(lines.at(-1)).toMatchObject({ event: 'request_refused' });
});

test('drops no line of another kind during a flood', () => {
  const { lines, log } = capture();
  for (let n = 0; n < 5000; n += 1) log.warn(refuse('host'));
  for (let n = 0; n < LINES; n += 1) log.error({ event: 'request_failed' });
  log.error({ event: 'token_of_another_customer' });
  expect(lines.filter(({ event }) => event === 'request_failed').length).toBe(LINES);
  expect(lines.at(-1)).toMatchObject({ event: 'token_of_another_customer' });
});

test('bounds each minute and counts every line, for any events and reasons', () => {
  const line = fc.record(
    { event: fc.constantFrom('request_failed', 'sign_in_error', 'console', 'request_refused'), reason: anyText },
    { requiredKeys: ['event'] },
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (kinds, times) => {
      const { lines, log, bounds } = capture();
      for (let n = 0; n < times; n += 1) for (const one of kinds) log.warn(one);
      expect(lines.length).toBeLessThanOrEqual(LINES * 204);
      bounds.flush();
      const left = lines.filter(({ event }) => event === 'lines_left_out');
      const counted = lines.length - left.length + left.reduce((sum, one) => sum + (one.times ?? 0), 0);
      expect(counted).toBe(kinds.length * times);
    }),
    fuzzRuns(100),
  );
});

test('limits plain errors and lines without an event', () => {
  const { lines, log, bounds } = capture();
  for (let n = 0; n < LINES; n += 1) log.error(new Error('x'));
  for (let n = 0; n < 10; n += 1) log.info('words alone');
  expect(lines.length).toBe(LINES);
  bounds.flush();
  expect(lines.at(-1)).toMatchObject({ event: 'lines_left_out', of: 'none', times: 10 });
});
