// npm run --prefix verification time-to-widget: clones the last commit into an empty folder, runs README's one command
// there, and takes the steps of its quick start. Prints the seconds of each. Fails when the widget is on screen later than after
// two minutes. npm's cache should be warm: run `npm ci` once before.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { browserPath } from '../e2e/browser';
import { npmRun } from '../e2e/npm';
import { buy, signOut, widget } from '../e2e/portal';
import { OWN_RUN } from '../e2e/stack';

const LIMIT_SECONDS = 120;
const NO_END_MS = 900_000;
const ENVIRONMENT = { PORT: String(OWN_RUN.port), ...OWN_RUN.sandbox };

const folder = mkdtempSync(path.join(tmpdir(), 'time-to-widget-'));
const steps: [string, number][] = [];
let toWidget = Number.POSITIVE_INFINITY;

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
report("README's quick start", total());
process.exitCode = toWidget <= LIMIT_SECONDS ? 0 : 1;

/** Takes the steps of README's quick start, word for word. The third one ends with the widget on screen. */
async function walk(): Promise<void> {
  const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ locale: 'en' });
    await step('1. open the portal, "Open my account"', async () => {
      await page.goto(OWN_RUN.origin);
      await page.getByRole('link', { name: 'Open my account' }).first().click();
    });
    await step('2. sign in as Olena Kovalenko', () => chooseAtBank(page, /^Olena Kovalenko/));
    await step('3. agree, "Continue": the widget', async () => {
      await page.getByRole('checkbox', { name: /^I agree/ }).check();
      await page.getByRole('button', { name: 'Continue', exact: true }).click();
      await widget(page).getByRole('heading', { name: 'Buy crypto' }).waitFor();
    });
    toWidget = total();
    report('from the clone to the widget on screen', toWidget);
    await step('4. buy', () => buy(widget(page)));
    await step('5. sign out', () => signOut(page));
    await step('6. the support console as Oksana Melnyk', async () => {
      await chooseAtBank(page, /^Oksana Melnyk/);
      await page.goto(`${OWN_RUN.origin}/operator`);
      await page.getByRole('heading', { level: 1 }).waitFor();
    });
  } finally {
    await browser.close();
  }
}

async function chooseAtBank(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Continue with Sample Bank ID' }).click();
  await page.getByRole('button', { name }).click();
  await page.waitForURL((url) => url.origin === OWN_RUN.origin);
}

function total(): number {
  return steps.reduce((sum, [, seconds]) => sum + seconds, 0);
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
