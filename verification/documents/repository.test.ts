// The documents and the files around the code: commands exist, CI runs what everybody runs, symptoms are real.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow } from '@/tests/sources';
import { commandsOf, DOCUMENTS } from './commands';
import { linksOf } from './links';

const read = (file: string) => readFileSync(file, 'utf8');
const scriptsOf = (file: string) => Object.keys((JSON.parse(read(file)) as { scripts: object }).scripts);
const own = [...scriptsOf('package.json'), 'ci', 'install', 'pkg', 'start', 'test', 'update'];
const ofVerification = scriptsOf('verification/package.json');
const commands = DOCUMENTS.flatMap(commandsOf);
const workflows = filesBelow('.github/workflows');

test('every npm script that the documents name exists', () => {
  const missing = commands.flatMap(({ file, text }) =>
    [...text.matchAll(/\bnpm (?:run )?(--prefix verification )?([\w:-]+|<name>)/g)]
      .filter(([, prefix, name = '']) => name !== '<name>' && !(prefix ? ofVerification : own).includes(name))
      .map(([command]) => `${file}: ${command}`),
  );
  expect(commands.length).toBeGreaterThan(40);
  expect(missing).toEqual([]);
});

test('every file that a documented command names exists', () => {
  const files = commands.flatMap(({ file, text }) =>
    [...text.matchAll(/(?<=\s)((?:lib|e2e|tests|scripts|verification|sandbox)\/[\w./-]+)/g)].map(([, named = '']) => ({
      file,
      named,
    })),
  );
  expect(files.filter(({ named }) => !existsSync(named))).toEqual([]);
});

test('the index links every document of docs', () => {
  const linked = linksOf(read('docs/README.md'));
  const written = filesBelow('docs')
    .map((file) => file.slice('docs/'.length))
    .filter((file) => /^[\w-]+\.(?:md|json)$/.test(file) && file !== 'README.md');
  expect(written.filter((file) => !linked.includes(file))).toEqual([]);
});

test('no page takes longer than ten minutes to read', () => {
  // 200 words a minute. Tables that are looked things up in, not read, are exempt.
  const LOOKED_UP = ['docs/security-reference.md', 'docs/security-tests.md', 'docs/security.md', 'docs/performance.md'];
  const long = DOCUMENTS.filter((file) => !LOOKED_UP.includes(file)).filter(
    (file) => read(file).split(/\s+/).length > 2_000,
  );
  expect(long).toEqual([]);
});

describe('troubleshooting', () => {
  const text = read('docs/troubleshooting.md');

  test('names only log events that exist', () => {
    const known = read('docs/security-reference.md');
    const named = [...text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.includes(`\`${name}\``))).toEqual([]);
  });

  test('quotes only texts that people see', () => {
    const shown = [read('lib/messages/en.json'), read('sandbox/widget/page.ts'), read('sandbox/console/failures.ts')]
      .join('\n')
      .replaceAll('’', "'");
    const quoted = [...text.matchAll(/"([A-Z…][^"]+)"/g)].map(([, words = '']) => words);
    // Next's own text.
    const own = quoted.filter((words) => words !== 'Another next dev server is already running');
    const parts = own.flatMap((words) => words.split('…').map((part) => part.trim())).filter(Boolean);
    expect(parts.length).toBeGreaterThan(15);
    expect(parts.filter((part) => !shown.includes(part))).toEqual([]);
  });
});

describe('the workflows', () => {
  test('of every push runs .ci/run and nothing else', () => {
    const ran = [...read('.github/workflows/ci.yml').matchAll(/^ +- run: (.*)$/gm)].map(([, command]) => command);
    expect(ran).toEqual(['.ci/run']);
  });

  test('of every week runs scripts that exist', () => {
    const list = /script:\n((?: +- \S+\n)+)/.exec(read('.github/workflows/verification.yml'))?.[1] ?? '';
    const named = [...list.matchAll(/- (\S+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !ofVerification.includes(name))).toEqual([]);
  });

  test.each(workflows)('%s may only read, ends in time, and pins its actions', (file) => {
    const text = read(file);
    expect(text).toMatch(/^permissions:\n {2}contents: read\n$/m);
    const jobs = text.slice(text.indexOf('\njobs:')).match(/^ {2}\w+:$/gm) ?? [];
    expect(text.match(/timeout-minutes: \d+/g)).toHaveLength(jobs.length);
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)];
    for (const [, action = '', note = ''] of used) expect(`${action}${note}`).toMatch(/@[\da-f]{40} # v\d+\.\d+\.\d+$/);
    expect(text).not.toMatch(/\$\{\{ *github\.(?:event\.(?:issue|pull_request|comment)|head_ref)/);
  });

  test('try the oldest Node that must work, and the recommended one', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const nodes = /node: \[(.*)\]/.exec(read('.github/workflows/ci.yml'))?.[1]?.replace(/["']/g, '').split(', ');
    expect(nodes).toEqual([engines.node.replace('>=', ''), read('.nvmrc').trim()]);
  });
});

test('the ports of the devcontainer are those of the demo', () => {
  const { forwardPorts } = JSON.parse(read('.devcontainer/devcontainer.json')) as { forwardPorts: number[] };
  const demo = [...read('scripts/run.mjs').matchAll(/PORT: '(\d+)'/g)].map(([, port]) => Number(port));
  // The KYC service and the mail server are asked by the portal only.
  expect(forwardPorts).toEqual(demo.filter((port) => ![4014, 4025].includes(port)));
});

test('the build of the image is given every file that its sources import', () => {
  const given = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const isGiven = (file: string) => given.some((entry) => file === entry || file.startsWith(`${entry}/`));
  const sources = given
    .flatMap((entry) => (/\.\w+$/.test(entry) ? [entry] : filesBelow(entry)))
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/\.test\.ts$/.test(file));
  const missing = sources.flatMap((file) =>
    [...read(file).matchAll(/(?:from|import\() ?'((?:\.{1,2}|@)\/[^']+)'/g)]
      .map(([, name = '']) => (name.startsWith('@/') ? name.slice(2) : path.join(path.dirname(file), name)))
      .filter((name) => !isGiven(name) && !isGiven(`${name}.ts`))
      .map((name) => `${file} imports ${name}`),
  );
  expect(sources.length).toBeGreaterThan(400);
  expect(missing).toEqual([]);
});
