import { expect, test } from 'vitest';
import { problemOf, testsNamedIn, testsOfPlaywright, testsOfVitest } from './test-reports.mjs';

const ran = [
  ...testsOfVitest(
    {
      testResults: [
        {
          name: '/portal/lib/a.test.ts',
          assertionResults: [
            { ancestorTitles: ['a group'], title: 'one', status: 'passed' },
            { ancestorTitles: ['a group'], title: 'two', status: 'failed' },
            { ancestorTitles: [], title: 'three', status: 'passed' },
            { ancestorTitles: [], title: 'four', status: 'pending' },
          ],
        },
      ],
    },
    '/portal',
  ),
  ...testsOfPlaywright(
    {
      config: { rootDir: '/portal/e2e' },
      suites: [
        {
          title: 'b.spec.ts',
          file: 'b.spec.ts',
          specs: [{ title: 'five', ok: true, tests: [{ status: 'expected' }] }],
          suites: [
            {
              title: 'another group',
              file: 'b.spec.ts',
              specs: [
                { title: 'six', ok: true, tests: [{ status: 'expected' }] },
                { title: 'seven', ok: true, tests: [{ status: 'skipped' }] },
              ],
            },
          ],
        },
        {
          title: 'c.spec.ts',
          file: 'c.spec.ts',
          specs: [{ title: 'x', ok: false, tests: [{ status: 'unexpected' }] }],
        },
      ],
    },
    '/portal',
  ),
];

test.each<[string, string | undefined, RegExp | null]>([
  ['lib/a.test.ts', 'one', null],
  ['lib/a.test.ts', 'three', null],
  ['lib/a.test.ts', 'two', /did not pass/],
  ['lib/a.test.ts', 'a group', /did not pass/],
  ['lib/a.test.ts', 'four', /not in the last run/],
  ['lib/a.test.ts', 'thre', /not in the last run/],
  ['lib/a.test.ts', undefined, /did not pass/],
  ['e2e/b.spec.ts', 'five', null],
  ['e2e/b.spec.ts', 'six', null],
  ['e2e/b.spec.ts', 'another group', null],
  ['e2e/b.spec.ts', 'seven', /not in the last run/],
  ['e2e/b.spec.ts', undefined, null],
  ['e2e/c.spec.ts', undefined, /did not pass/],
  ['e2e/d.spec.ts', undefined, /not in the last run/],
])('%s › %s', (file, title, problem) => {
  const said = problemOf(ran, file, title);
  if (problem) expect(said).toMatch(problem);
  else expect(said).toBeNull();
});

test('a document names tests by file and title', () => {
  const text = '| `e2e/b.spec.ts` › “five”<br>`lib/a.test.ts` › “a "quoted" one” | `other` |';
  expect(testsNamedIn(text)).toEqual([
    { file: 'e2e/b.spec.ts', title: 'five' },
    { file: 'lib/a.test.ts', title: 'a "quoted" one' },
  ]);
});
