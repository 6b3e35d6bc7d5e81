// npm run --prefix verification claims [-- folder of the reports]: reads the reports of the last `npm test`. Fails when
// a threat of docs/security.md or a requirement of docs/asvs.json has no passing test. Otherwise writes
// docs/security-tests.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type Evidence,
  evidenceOfRequirements,
  evidenceOfThreats,
  type Ran,
  testsOfPlaywright,
  testsOfVitest,
} from './test-reports';

interface Requirement {
  id: string;
  requirement: string;
  applies: boolean;
  decision?: string;
}

const [folder = 'test-results'] = process.argv.slice(2);
const root = process.cwd();
const ran = [...readTests('unit.json', testsOfVitest), ...readTests('e2e.json', testsOfPlaywright)];

const threats = readFileSync('docs/security.md', 'utf8').match(/(?<=^\| )T\d+(?= \|)/gm) ?? [];
const requirements = (JSON.parse(readFileSync('docs/asvs.json', 'utf8')) as Requirement[]).filter((one) => one.applies);
const ofThreats = evidenceOfThreats(ran);
const ofRequirements = evidenceOfRequirements(ran, (file) => readFileSync(file, 'utf8'));

const tested = requirements.filter(({ id }) => passedOf(ofRequirements, id).length > 0);
const missing = [
  ...threats.filter((id) => passedOf(ofThreats, id).length === 0),
  ...requirements.filter((one) => !tested.includes(one) && !one.decision).map(({ id }) => `ASVS ${id}`),
];
for (const claim of missing) console.error(`${claim}: no test that passed in the last run`);

const percent = Math.round((tested.length / requirements.length) * 1000) / 10;
console.log(
  `${threats.length} threats, ${requirements.length} ASVS requirements apply, ${tested.length} of them have automatic ` +
    `tests (${percent} %); ${missing.length} claims without a test that passed`,
);
if (missing.length === 0) writeFileSync('docs/security-tests.md', page());
else process.exitCode = 1;

/** Reads one report. A missing report means that the run was incomplete. */
function readTests<Report>(name: string, read: (report: Report, root: string) => Ran[]): Ran[] {
  const file = path.join(folder, name);
  if (existsSync(file)) return read(JSON.parse(readFileSync(file, 'utf8')) as Report, root);
  console.error(`${file} is missing: run npm test`);
  return [];
}

function passedOf(evidence: Map<string, Evidence[]>, claim: string): Evidence[] {
  return (evidence.get(claim) ?? []).filter(({ passed }) => passed);
}

function page(): string {
  return `<!-- Generated from the reports of the last \`npm test\` by \`npm run --prefix verification claims\`. -->

# Tests of the threats and requirements

A test whose title ends with \`[T14]\` tests the defence against threat T14 of [security.md](security.md). A test file with a line \`// ASVS 5.0: 2.3.3\` tests that requirement of [asvs.json](asvs.json). All of them passed in the last run.

## Threats

| threat | tests |
|---|---|
${threats.map((id) => `| ${id} | ${passedOf(ofThreats, id).map(name).join('<br>')} |`).join('\n')}

## Requirements of ASVS 5.0

Requirements that do not apply, and those met by a written decision only, are in [asvs.json](asvs.json).

| requirement | summary | test files |
|---|---|---|
${tested.map(({ id, requirement }) => `| ${id} | ${escapeText(requirement)} | ${filesOf(id)} |`).join('\n')}
`;
}

function name({ file, title }: Evidence): string {
  return `\`${file}\` › ${escapeText(title)}`;
}

function filesOf(id: string): string {
  return passedOf(ofRequirements, id)
    .map(({ file }) => `\`${file}\``)
    .sort()
    .join('<br>');
}

function escapeText(text: string): string {
  return text.replace(/[\\`*_<>|[\]]/g, '\\$&');
}
