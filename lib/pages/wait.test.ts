import { expect, test } from 'vitest';
import { asWait } from './wait';

test.each([
  [1, 'seconds', 1],
  [89, 'seconds', 89],
  [90, 'minutes', 2],
  [120, 'minutes', 2],
  [121, 'minutes', 3],
  [3600, 'minutes', 60],
] as const)('shows a wait of %i seconds in %s: %i', (seconds, unit, count) => {
  expect(asWait(seconds)).toEqual({ unit, count });
});
