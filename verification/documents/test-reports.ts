// Reads the reports of the last test run: which tests ran, how they ended, and which claims they carry. Pure.
import path from 'node:path';

/** One test of the last run. */
export interface Ran {
  file: string;
  /** From the outermost group inwards; the test's own title is the last. */
  titles: string[];
  status: 'passed' | 'failed' | 'skipped';
}

/** A group or a test that carries a claim, and how everything in it ended. */
export interface Evidence {
  file: string;
  title: string;
  passed: boolean;
}

interface VitestReport {
  testResults: {
    name: string;
    assertionResults: { ancestorTitles: string[]; title: string; status: string }[];
  }[];
}

interface PlaywrightReport {
  config: { rootDir: string };
  suites: PlaywrightSuite[];
}

interface PlaywrightSuite {
  title: string;
  file: string;
  specs?: { title: string; ok: boolean; tests: { status: string }[] }[];
  suites?: PlaywrightSuite[];
}

/** Returns the tests of vitest's JSON report. */
export function testsOfVitest(report: VitestReport, root: string): Ran[] {
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status }) => ({
      file: relative(root, name),
      titles: [...ancestorTitles, title],
      status: status === 'passed' || status === 'failed' ? status : 'skipped',
    })),
  );
}

/** Returns the tests of Playwright's JSON report. The outermost suite of each is its file. */
export function testsOfPlaywright(report: PlaywrightReport, root: string): Ran[] {
  return report.suites.flatMap((suite) =>
    specsIn(suite, []).map(({ titles, ok, tests }) => ({
      file: relative(root, path.resolve(report.config.rootDir, suite.file)),
      titles,
      status: tests.every(({ status }) => status === 'skipped') ? 'skipped' : ok ? 'passed' : 'failed',
    })),
  );
}

function specsIn({ specs = [], suites = [] }: PlaywrightSuite, titles: string[]) {
  const own = specs.map((spec) => ({ ...spec, titles: [...titles, spec.title] }));
  const inner: typeof own = suites.flatMap((suite) => specsIn(suite, [...titles, suite.title]));
  return [...own, ...inner];
}

/** Returns what shows the defence against each threat: titles that end with its mark, as `… [T14]` or `… [T7, T8]`. */
export function evidenceOfThreats(ran: Ran[]): Map<string, Evidence[]> {
  const marked = ran.flatMap((test) =>
    test.titles.flatMap((title) => threatsIn(title).map((claim) => ({ claim, test, title: title.replace(MARK, '') }))),
  );
  return groupEvidence(marked);
}

/** Returns which files test each requirement: those with a line `// ASVS 5.0: 2.3.3 6.3.1`. */
export function evidenceOfRequirements(ran: Ran[], textOf: (file: string) => string): Map<string, Evidence[]> {
  const claimsOf = new Map(
    [...new Set(ran.map(({ file }) => file))].map((file) => [file, requirementsIn(textOf(file))]),
  );
  return groupEvidence(
    ran.flatMap((test) => (claimsOf.get(test.file) ?? []).map((claim) => ({ claim, test, title: test.file }))),
  );
}

const MARK = / \[(T\d+(?:, T\d+)*)\]$/;

function threatsIn(title: string): string[] {
  return MARK.exec(title)?.[1]?.split(', ') ?? [];
}

function requirementsIn(text: string): string[] {
  return [...text.matchAll(/^\/\/ ASVS 5\.0: (.*)$/gm)].flatMap(([, ids = '']) => ids.trim().split(/\s+/));
}

/** Merges the tests that carry one claim under one title: skipped ones show nothing, a failed one spoils the rest. */
function groupEvidence(marked: { claim: string; test: Ran; title: string }[]): Map<string, Evidence[]> {
  const evidence = new Map<string, Evidence[]>();
  for (const { claim, test, title } of marked) {
    if (test.status === 'skipped') continue;
    const known = evidence.get(claim) ?? [];
    evidence.set(claim, known);
    const same = known.find((one) => one.file === test.file && one.title === title);
    if (!same) known.push({ file: test.file, title, passed: test.status === 'passed' });
    else same.passed &&= test.status === 'passed';
  }
  return evidence;
}

function relative(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}
