// npm run --prefix verification commands: runs the commands of the documents as a reader would copy them, in a clone of the
// last commit and beside the sandbox, and prints the seconds of each. A command that does not run here is in NOT_RUN with the
// reason.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { filesBelow } from '@/tests/sources';
import { portalEnvironment, SANDBOX } from '../../e2e/stack';
import { withSandbox } from '../with-portal';

/** One command of a document. */
export interface Command {
  file: string;
  text: string;
}

/** Commands by the beginning of their text, each with the reason why this script does not run it. */
const NOT_RUN: Record<string, string> = {
  'npm ci && npm run demo': '`time-to-widget` runs it in an empty clone',
  'npm ci': 'CI begins with it',
  'npm test': 'CI runs it',
  'npm run unit': 'a part of npm test',
  'npm run e2e': 'a part of npm test',
  'npm run build': 'a part of npm test',
  'npx playwright test': 'a part of npm test',
  'npm run test:postgres': 'CI runs it',
  'npm run --prefix verification claims': 'CI runs it after npm test, whose results it reads',
  'npm run demo': 'e2e/start-and-stop.spec.ts runs it',
  'npm start': 'e2e/start-and-stop.spec.ts runs it',
  'npm run dev': 'e2e/development.spec.ts runs it',
  'npm run sandbox': 'runs until it is stopped; this script runs beside it',
  'npm run bench': 'takes an hour; bench/README.md has its figures',
  'npm run seed': 'takes 20 minutes, and needs PostgreSQL; scripts/ has its tests',
  'npm run audit:verify -- --log': 'names a log of the reader',
  'npm run db:migrate': 'needs PostgreSQL; `layouts` runs it, and `pgbouncer` with --grant',
  createdb: "needs the reader's database",
  'curl --fail-with-body': "asks the reader's portal",
  export: 'a setting to copy',
  'npm run release -- 0.2.0 --tested --yes': 'scripts/release.test.ts does it in a repository of its own',
  'npm install': 'would fetch packages',
  'npm run doctor': 'fails here by design: it refuses sample values; scripts/doctor has its tests',
  'npx shadcn': '`shadcn` runs it',
  'git ': "belongs to the reader's own repository",
  docker: 'no container engine here; the layouts of verification/ run the same shape',
  kubectl: 'no cluster here',
  helm: 'no cluster here',
  sudo: 'changes the machine',
  systemctl: 'changes the machine',
  'apt-get': 'changes the machine',
  psql: "needs the reader's database",
  pg_: "needs the reader's database",
  rm: 'deletes something of the reader',
};

/** Minutes or hours each. .github/workflows/verification.yml runs most of them once a week. */
const OF_VERIFICATION = /^npm run --prefix verification (?!links$)/;

/** `recipes` runs its commands, in copies. */
const RECIPES = 'docs/make-it-yours.md';

export const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...filesBelow('docs')].filter((file) =>
  /^(?!docs\/decisions\/).*\.md$/.test(file),
);

/** Returns the lines of every fenced `sh` block, and every npm or npx command between backquotes. */
export function commandsOf(file: string): Command[] {
  const text = readFileSync(file, 'utf8');
  const fenced = [...text.matchAll(/^ *```(?:sh|bash)\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) =>
    block.replace(/\\\n\s*/g, '').split('\n'),
  );
  const inline = [...text.replace(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/`((?:npm|npx) [^`\n]+)`/g)].map(
    ([, command = '']) => command,
  );
  return (
    [...fenced, ...inline]
      .map((line) => line.replace(/ {2,}#.*$/, '').trim())
      // A comment, or a setting to copy.
      .filter((line) => line && !/^#|^[A-Z_\d]+=\S*$|^[A-Z_\d]+=[^ ]* ?<[^>]*>$/.test(line))
      .map((line) => ({ file, text: line }))
  );
}

/** Returns why a command is not run here, or undefined. */
export function reasonNotToRun(text: string): string | undefined {
  if (/<[^>]+>|…/.test(text)) return 'has a part for the reader to fill in';
  // A setting in front changes nothing of the command.
  const command = text.replace(/^(?:[A-Z_]+=(?:'[^']*'|\S+) )+/, '');
  const [, reason] = Object.entries(NOT_RUN).find(([start]) => command.startsWith(start)) ?? [];
  return reason ?? (OF_VERIFICATION.test(command) ? 'a proof of minutes or hours (verification/README.md)' : undefined);
}

async function main(): Promise<void> {
  const documents = DOCUMENTS.filter((file) => file !== RECIPES);
  const texts = [...new Set(documents.flatMap(commandsOf).map(({ text }) => text))].sort();
  const folder = mkdtempSync(path.join(tmpdir(), 'commands-'));
  try {
    execFileSync('git', ['clone', '--quiet', '.', folder]);
    execFileSync('cp', ['-al', 'node_modules', path.join(folder, 'node_modules')]);
    let failed = 0;
    await withSandbox(async () => {
      for (const text of texts) if (!reasonNotToRun(text) && !(await run(text, folder))) failed += 1;
    });
    const skipped = texts.filter(reasonNotToRun);
    for (const text of skipped) console.log(`not run     ${text}: ${reasonNotToRun(text)}`);
    console.log(`${texts.length} commands, ${texts.length - skipped.length} run here, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command with the settings of a portal whose embedded database is its own. */
async function run(text: string, folder: string): Promise<boolean> {
  // Without what another command has changed.
  execFileSync('sh', ['-c', 'git checkout --quiet . && git clean --force -d --quiet'], { cwd: folder });
  const start = performance.now();
  const env = { ...process.env, ...portalEnvironment('portal'), DATA_DIR: path.join(folder, '.data') };
  const here = text.replace('http://127.0.0.1:4010', SANDBOX.api);
  const failure = await promisify(execFile)('sh', ['-c', here], { cwd: folder, env, maxBuffer: 2 ** 26 }).then(
    () => null,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${failure === null ? 'ok    ' : 'FAILED'} ${`${seconds} s`.padStart(5)}  ${text}`);
  if (failure !== null) console.log(failure.slice(-2000));
  return failure === null;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
