// The recipes of docs/make-it-yours.md fit the code, and every combination names recipes that exist.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMBINATIONS } from './combinations';
import { readRecipes } from './page';

const recipes = readRecipes();

test('every edit of a recipe fits its file exactly once', () => {
  const edits = [...recipes].flatMap(([name, steps]) => steps.map((step) => ({ name, step })));
  expect(edits.length).toBeGreaterThan(20);
  for (const { name, step } of edits)
    if (step.kind === 'edit')
      expect(readFileSync(step.file, 'utf8').split(step.from).length, `${name}: ${step.file}\n${step.from}`).toBe(2);
});

test('every file that a recipe deletes is there', () => {
  const scripts = [...recipes.values()].flat().flatMap((step) => (step.kind === 'run' ? step.script.split('\n') : []));
  const deleted = scripts.filter((line) => line.startsWith('rm ')).flatMap((line) => line.split(' ').slice(1));
  const missing = deleted.filter((file) => !file.startsWith('-') && !existsSync(file));
  expect(deleted.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

test('there are sixteen combinations, of every recipe, and none is there twice', () => {
  const all = COMBINATIONS.map((names) => [...names].sort().join());
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(16);
  expect([...new Set(COMBINATIONS.flat())].sort()).toEqual([...recipes.keys()].sort());
});
