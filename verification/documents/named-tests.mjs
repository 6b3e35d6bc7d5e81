// npm run --prefix verification claims, the last step of npm test: whether every test that docs/security.md names, and every test file of
// docs/asvs.json, ran and passed in the last run of the unit and end-to-end tests. [folder of the reports]
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { problemOf, testsNamedIn, testsOfPlaywright, testsOfVitest } from './test-reports.mjs';

const [folder = 'test-results'] = process.argv.slice(2);
const root = process.cwd();
const ran = [...testsIn('unit.json', testsOfVitest), ...testsIn('e2e.json', testsOfPlaywright)];

const page = readFileSync('docs/security.md', 'utf8');
const named = testsNamedIn(page);
const items = JSON.parse(readFileSync('docs/asvs.json', 'utf8')).filter(({ applies }) => applies);
const tested = items.filter(({ tests }) => tests?.length > 0);

/** Each problem, and where the documents rely on that test. */
const problems = new Map();
for (const { file, title } of named) note('docs/security.md', problemOf(ran, file, title));
for (const { id, tests } of tested) for (const file of tests) note(`ASVS ${id}`, problemOf(ran, file));

for (const [problem, places] of problems) console.error(`${problem} (${[...new Set(places)].join(', ')})`);
if (problems.size > 0) console.error('A test that is not in the last run: run npm test.');

const threats = new Set(page.match(/(?<=^\| )T\d+(?= \|)/gm)).size;
const percent = Math.round((tested.length / items.length) * 1000) / 10;
console.log(
  `ASVS 5.0 L1 and L2: ${items.length} requirements apply, ${tested.length} have automatic tests (${percent} %); ` +
    `${threats} threats, ${new Set(named.map(({ file, title }) => `${file} ${title}`)).size} tests named for them; ` +
    `${problems.size} problems`,
);
process.exitCode = problems.size === 0 ? 0 : 1;

function note(place, problem) {
  if (problem) problems.set(problem, [...(problems.get(problem) ?? []), place]);
}

/** A report that is not there has no tests in it. */
function testsIn(name, read) {
  const file = path.join(folder, name);
  return existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8')), root) : [];
}
