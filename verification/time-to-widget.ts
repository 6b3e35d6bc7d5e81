// npm run --prefix verification time-to-widget: clones the last commit into an empty folder, runs README's one command
// there, and walks to the widget as README says. Prints the seconds of each step. Fails above two minutes. npm's cache should
// be warm: run `npm ci` once before.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { browserPath } from '../e2e/browser';
import { npmRun } from '../e2e/npm';
import { agreeToVerified, openWidget, signIn } from '../e2e/portal';
import { OWN_RUN } from '../e2e/stack';

const LIMIT_SECONDS = 120;
const NO_END_MS = 900_000;
const ENVIRONMENT = { PORT: String(OWN_RUN.port), ...OWN_RUN.sandbox };

const folder = mkdtempSync(path.join(tmpdir(), 'time-to-widget-'));
const steps: [string, number][] = [];

try {
  await step('git clone', async () => void execFileSync('git', ['clone', '--quiet', '.', folder]));
  await step('npm ci', () => install(folder));
  const demo = npmRun('demo', { cwd: folder, env: ENVIRONMENT });
  try {
    await step('npm run demo: build', () => demo.until('Starting the portal', NO_END_MS));
    await step('npm run demo: start', () => demo.until('Ctrl-C ends everything', NO_END_MS));
    await walk();
  } finally {
    process.kill(-(demo.npm.pid ?? 0), 'SIGINT');
    await demo.ended;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const total = steps.reduce((sum, [, seconds]) => sum + seconds, 0);
report('from the clone to the widget on screen', total);
process.exitCode = total <= LIMIT_SECONDS ? 0 : 1;

/** Signs in as README says, and waits until the widget's own page is visible. */
async function walk(): Promise<void> {
  const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
  try {
    const page: Page = await browser.newPage({ locale: 'en' });
    await step('sign in', () => signIn(page, 'olena-kovalenko', { origin: OWN_RUN.origin, path: '/account/details' }));
    await step('confirm the details', () => agreeToVerified(page));
    await step('open the widget', async () => void (await openWidget(page)));
  } finally {
    await browser.close();
  }
}

function install(cwd: string): Promise<void> {
  const npm = spawn('npm', ['ci'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve, reject) =>
    npm.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`npm ci ended with ${code}`)))),
  );
}

async function step(name: string, run: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  steps.push([name, seconds]);
  report(name, seconds);
}

function report(name: string, seconds: number): void {
  console.log(`${seconds.toFixed(1).padStart(6)} s  ${name}`);
}
