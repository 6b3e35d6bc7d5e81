import { expect, test } from 'vitest';
import { findMatches } from './match.mjs';

test.each([
  ['broken over lines', 'if (\n  await look(\n    a,\n    b,\n  )\n)\n  return;'],
  ['indented', '      if (await look(a, b)) return;'],
])('finds a piece of code that was %s', (_how, text) => {
  expect(findMatches(text, 'if (await look(a, b)) return;')).toMatchObject([{ end: text.length }]);
});

test.each(['if (awaitlook(a, b)) return;', 'if (await looks(a, b)) return;', 'xif (await look(a, b)) return;'])(
  'does not take other code for it: %s',
  (text) => {
    expect(findMatches(text, 'if (await look(a, b)) return;')).toEqual([]);
  },
);
