// What the documents say about tests, and what the reports of the last run say about them. Pure.
import path from 'node:path';

/** `file` › “title”, as docs/security.md names a test; a title can be that of a group. */
export function testsNamedIn(markdown) {
  return [...markdown.matchAll(/`([^`\s]+)` › “([^”]+)”/g)].map(([, file = '', title = '']) => ({ file, title }));
}

/** Of vitest's JSON report: every test that ran, with its titles from the outermost group inwards. */
export function testsOfVitest(report, root) {
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status }) => ({
      file: relative(root, name),
      titles: [...ancestorTitles, title],
      status: status === 'passed' || status === 'failed' ? status : 'skipped',
    })),
  );
}

/** Of Playwright's JSON report: the same. The outermost suite of each is its file. */
export function testsOfPlaywright(report, root) {
  return report.suites.flatMap((suite) =>
    specsIn(suite, []).map(({ titles, ok, tests }) => ({
      file: relative(root, path.resolve(report.config.rootDir, suite.file)),
      titles,
      status: tests.every(({ status }) => status === 'skipped') ? 'skipped' : ok ? 'passed' : 'failed',
    })),
  );
}

function specsIn({ specs = [], suites = [] }, titles) {
  return [
    ...specs.map((spec) => ({ ...spec, titles: [...titles, spec.title] })),
    ...suites.flatMap((inner) => specsIn(inner, [...titles, inner.title])),
  ];
}

/** What is wrong with a file or, with a title, with that test or group; null when all of it passed. */
export function problemOf(ran, file, title) {
  const meant = ran.filter((one) => one.file === file && (title === undefined || one.titles.includes(title)));
  const what = title === undefined ? file : `${file} › “${title}”`;
  if (meant.some(({ status }) => status === 'failed')) return `${what}: did not pass`;
  if (!meant.some(({ status }) => status === 'passed')) return `${what}: not in the last run`;
  return null;
}

function relative(root, file) {
  return path.relative(root, file).split(path.sep).join('/');
}
