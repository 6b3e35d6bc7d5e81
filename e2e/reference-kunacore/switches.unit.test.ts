import { expect, test } from 'vitest';
import { DEFAULT_SWITCHES, everyCombination, pairsOf, pairwiseCombinations, parseSwitches } from './switches';

test('every combination of answers is listed once, the defaults first', () => {
  const all = [...everyCombination()];
  expect(all).toHaveLength(2 ** 8 * 3 ** 2);
  expect(new Set(all.map((switches) => JSON.stringify(switches))).size).toBe(all.length);
  expect(all[0]).toEqual(DEFAULT_SWITCHES);
});

test('the pairwise set contains every pair of answers to two questions', () => {
  const chosen = pairwiseCombinations();
  const met = new Set(chosen.flatMap(pairsOf));
  // 8 questions with two answers, 2 with three: pairs of questions, times the answers of both.
  expect(met.size).toBe(28 * 4 + 16 * 6 + 9);
  expect([...everyCombination()].flatMap(pairsOf).filter((pair) => !met.has(pair))).toEqual([]);
  expect(chosen.length).toBeLessThanOrEqual(14);
  expect(chosen[0]).toEqual(DEFAULT_SWITCHES);
  expect(pairwiseCombinations()).toEqual(chosen);
});

test('parsed answers override the base, and unknown ones are refused by name', () => {
  const before = parseSwitches({ findShape: 'wrapped' });
  expect(parseSwitches({ duplicateEmail: 422 }, before)).toEqual({ ...before, duplicateEmail: 422 });
  expect(() => parseSwitches({ newTokens: 'leaves' })).toThrow('newTokens');
  expect(() => parseSwitches({ duplicateEmail: 404 })).toThrow('duplicateEmail is one of 409, 400, 422');
  expect(() => parseSwitches([])).toThrow('not an object');
});
