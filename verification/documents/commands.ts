// npm run --prefix verification commands: runs every command of the documents, as a reader would copy it, and prints the
// seconds of each. A command that cannot run here is in NOT_RUN with the reason. Needs `npm run build`.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { filesBelow } from '@/tests/sources';

/** One command of a document. */
export interface Command {
  file: string;
  text: string;
}

/** Commands by the beginning of their text, each with the reason why this script does not run it. */
const NOT_RUN: Record<string, string> = {
  'npm ci && npm run demo': '`time-to-widget` runs it in an empty clone',
  'npm ci && npm test': 'CI is this command',
  'npm ci': '`time-to-widget` runs it; here it would remove the programs in use',
  'npm test': 'CI runs it',
  'npm run demo': 'e2e/start-and-stop.spec.ts runs it',
  'npm run dev': 'e2e/development.spec.ts runs it',
  'npm run build': 'CI runs it',
  'npm start': 'e2e/start-and-stop.spec.ts runs it',
  'npm run sandbox': 'runs until it is stopped; every end-to-end test starts it',
  'npm run unit': 'CI runs it',
  'npm run e2e': 'CI runs it',
  'npm run test:postgres': 'CI runs it',
  'npm run bench': 'takes an hour; bench/README.md has its figures',
  'npm run seed': 'needs a PostgreSQL database, and 20 minutes',
  'npm run db:generate': 'would write a migration',
  'npm run keys:rotate': 'lib/maintenance has its tests; it changes a database',
  'npm run audit:verify': 'lib/audit has its tests; it needs the database of a portal',
  'npm run check:oidc': 'needs a provider; scripts/check-oidc.test.ts runs it',
  'npm run check:kunacore': "needs Kuna's credentials, or the sandbox",
  'npm run release': 'scripts/release.test.ts runs it in a repository of its own',
  'npm install': 'changes the lockfile',
  'npx playwright test': 'CI runs them all',
  'npx shadcn': '`shadcn` runs it',
  'git ': 'changes a checkout of the reader',
  'curl ': 'needs the demo; e2e asks the same addresses',
  'rm ': 'deletes something of the reader',
};

/** The scripts of verification/ prove for minutes or hours, so .github/workflows/verification.yml runs them. */
const OF_VERIFICATION = /^npm run --prefix verification (?!links|claims$)/;

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
  return [...fenced, ...inline]
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => ({ file, text: line }));
}

/** Returns why a command is not run here, or undefined. */
export function reasonNotToRun(text: string): string | undefined {
  if (OF_VERIFICATION.test(text)) return 'the weekly workflow runs it';
  // A setting in front changes nothing of the command.
  const command = text.replace(/^(?:[A-Z_]+=(?:'[^']*'|\S+) )+/, '');
  const [, reason] = Object.entries(NOT_RUN).find(([start]) => command.startsWith(start)) ?? [];
  return reason;
}

async function main(): Promise<void> {
  const all = DOCUMENTS.flatMap(commandsOf);
  const texts = [...new Set(all.map(({ text }) => text))].sort();
  let failed = 0;
  for (const text of texts) {
    const reason = reasonNotToRun(text);
    if (reason) console.log(`  not run  ${text}: ${reason}`);
    else if (!(await run(text))) failed += 1;
  }
  const count = texts.filter((text) => !reasonNotToRun(text)).length;
  console.log(`${texts.length} commands, ${count} run here, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function run(text: string): Promise<boolean> {
  const start = performance.now();
  const outcome = await promisify(execFile)('sh', ['-c', text], { maxBuffer: 64 * 1024 * 1024 }).then(
    () => null,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${outcome === null ? 'ok' : 'FAILED'} ${`${seconds} s`.padStart(6)}  ${text}`);
  if (outcome !== null) console.log(outcome.slice(-2000));
  return outcome === null;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
