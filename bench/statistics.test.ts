import { expect, test } from 'vitest';
import { shareByArea } from './profile';
import { judge } from './report';
import { driftOf, fifthsOf, median, percentile, ratioOfRounds } from './statistics';

test('the median and the 95th percentile are values of the list, whatever its order', () => {
  const values = [9, 1, 5, 7, 3];
  expect(median(values)).toBe(5);
  expect(percentile(values, 95)).toBe(9);
  expect(
    percentile(
      Array.from({ length: 100 }, (_, index) => 100 - index),
      95,
    ),
  ).toBe(95);
  expect(values).toEqual([9, 1, 5, 7, 3]);
});

test('the median of an empty list is not a number', () => {
  expect(median([])).toBeNaN();
});

test('a round in which the machine was slow does not change the ratio of rounds', () => {
  expect(ratioOfRounds([200, 40, 200], [100, 20, 100])).toBe(2);
});

test('the drift compares the last fifth with the second, and ignores the warm-up', () => {
  const samples = [10, 10, 100, 100, 500, 500, 500, 500, 110, 110];
  expect(driftOf(samples)).toBeCloseTo(0.1);
});

test('every sample belongs to one fifth', () => {
  expect(fifthsOf([1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5])).toEqual([1, 2, 3, 4, 5]);
  expect(driftOf([])).toBeNaN();
});

test('a figure at its bound meets it, one beyond misses it, and one without a bound is only shown', () => {
  const measure = 'time to widget ÷ floor, no line';
  const at = (figure: number) => judge([{ measure, figure }])[0];
  expect(at(1.15)).toMatchObject({ bound: '≤ 1.15', met: true });
  expect(at(1.16)).toMatchObject({ met: false });
  expect(at(Number.NaN)).toMatchObject({ met: false });
  expect(judge([{ measure: 'requests/s, bare page', figure: 400 }])[0]).toMatchObject({ bound: null, met: null });
});

test('divides the busy time of a profile by the files of its functions', () => {
  const node = (id: number, functionName: string, url: string) => ({ id, callFrame: { functionName, url } });
  const shares = shareByArea({
    nodes: [
      node(1, '(idle)', ''),
      node(2, '(garbage collector)', ''),
      node(3, 'render', 'file:///x/node_modules/next/dist/compiled/next-server/app-page-turbo.runtime.prod.js'),
      node(4, 'f', 'wasm://wasm/1'),
    ],
    samples: [1, 2, 3, 3, 4],
    timeDeltas: [900, 10, 20, 30, 40],
  });
  expect(Object.fromEntries(shares)).toEqual({
    'garbage collector': 0.1,
    'rendering by React': 0.5,
    'embedded database': 0.4,
  });
});
