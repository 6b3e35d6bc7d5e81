import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endingOf } from './ending';

const DAY = 24 * 3600;

test('warns two minutes before a session ends for lack of activity, and not before', () => {
  expect(endingOf({ idle: 1800, absolute: DAY }, 30)).toEqual({ warning: null, inSeconds: 1800, askInSeconds: 1680 });
  expect(endingOf({ idle: 121, absolute: DAY }, 30)).toEqual({ warning: null, inSeconds: 121, askInSeconds: 1 });
  expect(endingOf({ idle: 120, absolute: DAY }, 30)).toEqual({ warning: 'idle', inSeconds: 120, askInSeconds: 10 });
});

test('says that the greatest age of a session cannot be postponed', () => {
  expect(endingOf({ idle: 1700, absolute: 90 }, 30)).toEqual({ warning: 'last', inSeconds: 90, askInSeconds: 10 });
  expect(endingOf({ idle: 90, absolute: 90 }, 30).warning).toBe('last');
});

test('warns in the second half of a short idle time', () => {
  expect(endingOf({ idle: 60, absolute: DAY }, 1)).toEqual({ warning: null, inSeconds: 60, askInSeconds: 30 });
  expect(endingOf({ idle: 30, absolute: DAY }, 1).warning).toBe('idle');
});

test('asks again before the end, or right after it, and at least once a second', () => {
  const seconds = fc.integer({ min: -5, max: 30 * DAY });
  fc.assert(
    fc.property(seconds, seconds, fc.integer({ min: 1, max: 1440 }), (idle, absolute, idleMinutes) => {
      const { warning, inSeconds, askInSeconds } = endingOf({ idle, absolute }, idleMinutes);
      expect(askInSeconds).toBeGreaterThanOrEqual(1);
      expect(askInSeconds).toBeLessThanOrEqual(inSeconds + 1);
      if (warning === null) expect(askInSeconds).toBeLessThan(inSeconds);
    }),
  );
});
