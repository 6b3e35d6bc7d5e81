// npm run release
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { withRelease } from './changelog.mjs';
import { readCommandLine } from './command-line.mjs';

const USAGE = `Prints what a release would do: runs npm test, moves "Unreleased" of CHANGELOG.md into a section of this version, sets
the version of package.json, commits and tags. Nothing is pushed.

npm run release -- <version> [options]
  --yes     do it
  --tested  skip npm test, for a commit on which CI was green`;

const { values, positionals } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: { yes: { type: 'boolean', default: false }, tested: { type: 'boolean', default: false } },
});
const [version = ''] = positionals;
const tag = `v${version}`;
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();

const changelog = withRelease(readFileSync('CHANGELOG.md', 'utf8'), version, new Date().toISOString().slice(0, 10));
const problems = [...changelog.problems, ...problemsOfTheCheckout()];
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exit(1);
}

/** Each step with the function that does it. */
const steps = [
  ...(values.tested ? [] : [['Run npm test', () => run('npm', 'test')]]),
  [`Move "Unreleased" of CHANGELOG.md to ${version}`, () => writeFileSync('CHANGELOG.md', changelog.text)],
  [`Set the version of package.json and package-lock.json to ${version}`, setVersion],
  [`Commit "Release ${version}"`, () => run('git', 'commit', '--quiet', '--all', '--message', `Release ${version}`)],
  [`Tag ${tag}`, () => run('git', 'tag', '--annotate', tag, '--message', changelog.notes)],
];
for (const [name, perform] of steps) {
  console.log(values.yes ? name : `Would: ${name}`);
  if (values.yes) perform();
}
console.log(values.yes ? `Push it: git push origin HEAD ${tag}` : 'Nothing has changed. Add --yes to do it.');

function problemsOfTheCheckout() {
  const isDirty = git('status', '--porcelain') !== '';
  const isTagged = git('tag', '--list', tag) !== '';
  return [
    ...(isDirty ? ['The checkout has changes: commit or stash them.'] : []),
    ...(isTagged ? [`The tag ${tag} exists.`] : []),
  ];
}

function setVersion() {
  run('npm', 'version', version, '--no-git-tag-version', '--allow-same-version', '--ignore-scripts', '--silent');
}

function run(command, ...args) {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
