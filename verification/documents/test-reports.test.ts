import { expect, test } from 'vitest';
import { evidenceOfRequirements, evidenceOfThreats, testsOfPlaywright, testsOfVitest } from './test-reports';

const unit = testsOfVitest(
  {
    testResults: [
      {
        name: '/portal/lib/a.test.ts',
        assertionResults: [
          { ancestorTitles: ['', 'a group [T3]'], title: 'one [T1]', status: 'passed' },
          { ancestorTitles: ['', 'a group [T3]'], title: 'two [T1, T2]', status: 'failed' },
          { ancestorTitles: [''], title: 'three [T12]', status: 'passed' },
          { ancestorTitles: [''], title: 'four [T4]', status: 'pending' },
        ],
      },
    ],
  },
  '/portal',
);
const e2e = testsOfPlaywright(
  {
    config: { rootDir: '/portal/e2e' },
    suites: [
      {
        title: 'b.spec.ts',
        file: 'b.spec.ts',
        specs: [{ title: 'five [T2]', ok: true, tests: [{ status: 'expected' }] }],
        suites: [
          {
            title: 'another group [T5]',
            file: 'b.spec.ts',
            specs: [
              { title: 'six', ok: true, tests: [{ status: 'expected' }] },
              { title: 'seven [T4]', ok: true, tests: [{ status: 'skipped' }] },
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
);
const ran = [...unit, ...e2e];

test('a title that ends with the mark of a threat shows its defence', () => {
  expect(Object.fromEntries(evidenceOfThreats(ran))).toEqual({
    T1: [
      { file: 'lib/a.test.ts', title: 'one', passed: true },
      { file: 'lib/a.test.ts', title: 'two', passed: false },
    ],
    T2: [
      { file: 'lib/a.test.ts', title: 'two', passed: false },
      { file: 'e2e/b.spec.ts', title: 'five', passed: true },
    ],
    T3: [{ file: 'lib/a.test.ts', title: 'a group', passed: false }],
    T5: [{ file: 'e2e/b.spec.ts', title: 'another group', passed: true }],
    T12: [{ file: 'lib/a.test.ts', title: 'three', passed: true }],
  });
});

test('a file with a line of ASVS tests its requirements, unless one of its tests failed', () => {
  const texts: Record<string, string> = {
    'lib/a.test.ts': '// About a.\n// ASVS 5.0: 2.3.3 6.3.1\nimport x;\n',
    'e2e/b.spec.ts': '// ASVS 5.0: 2.3.3\n// ASVS 5.0: 16.2.5\n',
    'e2e/c.spec.ts': 'test("x");\n',
  };
  const evidence = evidenceOfRequirements(ran, (file) => texts[file] ?? '');
  const [a, b] = ['lib/a.test.ts', 'e2e/b.spec.ts'];
  expect(Object.fromEntries(evidence)).toEqual({
    '2.3.3': [
      { file: a, title: a, passed: false },
      { file: b, title: b, passed: true },
    ],
    '6.3.1': [{ file: a, title: a, passed: false }],
    '16.2.5': [{ file: b, title: b, passed: true }],
  });
});
