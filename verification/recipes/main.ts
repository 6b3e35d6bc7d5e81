// npm run --prefix verification recipes -- [recipe+recipe …] [--unit quick|full|none] [--build] [--e2e]
// Carries out combinations of the recipes of docs/make-it-yours.md, each in a copy, and checks what is left.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { COMBINATIONS } from './combinations';
import { applyToFile, readRecipes } from './page';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { unit: { type: 'string', default: 'quick' }, build: { type: 'boolean' }, e2e: { type: 'boolean' } },
});

/** Tests that recipes have turned red before: inventories, texts, settings, formats. */
const QUICK = [
  ...['tests', 'lib/config', 'lib/messages', 'lib/mail', 'lib/preferences', 'lib/money', 'lib/date-format.test.ts'],
  ...['lib/audit/bounds.test.ts', 'lib/http/security-headers.test.ts', 'lib/i18n', 'lib/kyc', 'lib/wallet'],
  ...['verification/documents/documents.test.ts', 'verification/documents/sources.test.ts'],
];
const SPECS = ['story', 'preferences', 'brand', 'app-basics', 'features-off'];

const recipes = readRecipes();
const chosen = positionals.length > 0 ? positionals.map((name) => name.split('+')) : COMBINATIONS;
const results: string[] = [];
for (const names of chosen) {
  results.push(`${names.join(' + ')}: ${tryOut(names)}`);
  console.log(results.at(-1));
}
console.log(`\n${results.join('\n')}`);
process.exitCode = results.every((result) => /: green/.test(result)) ? 0 : 1;

/** Carries out recipes in a copy. @returns what ran, with what result. */
function tryOut(names: string[]): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'recipes-'));
  const log = path.resolve('test-results/recipes', `${names.join('+')}.log`);
  mkdirSync(path.dirname(log), { recursive: true });
  const output: string[] = [];
  const run = (command: string) => {
    const started = Date.now();
    const { status, stdout, stderr } = spawnSync('bash', ['-ec', command], { cwd: copy, encoding: 'utf8' });
    const seconds = Math.round((Date.now() - started) / 1000);
    output.push(`$ ${command}\n${stdout}${stderr}exit ${status}, ${seconds} s\n`);
    return status === 0;
  };
  try {
    execFileSync('git', ['clone', '--quiet', '.', copy]);
    execFileSync('cp', ['-al', 'node_modules', path.join(copy, 'node_modules')]);
    for (const step of names.flatMap((name) => recipes.get(name) ?? []))
      if (step.kind === 'run') {
        if (!run(step.script)) return 'RED at a command of the page';
      } else applyToFile(copy, step);
    run('npx biome check --write . > /dev/null; npm run rooms');
    const checks: [string, string][] = [
      ['lint', 'npm run lint'],
      ['types', 'npm run types'],
      ...(options.unit === 'quick' ? [['quick unit', `npx vitest run ${QUICK.join(' ')}`] as [string, string]] : []),
      ...(options.unit === 'full' ? [['unit', 'npm run unit'] as [string, string]] : []),
      ...(options.build || options.e2e ? [['build', 'npm run build'] as [string, string]] : []),
      ...(options.e2e ? [['e2e', `npx playwright test ${SPECS.join(' ')} --project=portal`] as [string, string]] : []),
    ];
    const red = checks.filter(([, command]) => !run(command)).map(([name]) => name);
    return red.length === 0
      ? `green (${checks.map(([name]) => name).join(', ')})`
      : `RED (${red.join(', ')}), see ${log}`;
  } catch (error) {
    output.push(String(error));
    return `RED: ${String(error).slice(0, 200)}`;
  } finally {
    writeFileSync(log, output.join('\n'));
    rmSync(copy, { recursive: true, force: true });
  }
}
