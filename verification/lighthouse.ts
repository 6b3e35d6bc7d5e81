// npm run --prefix verification lighthouse: Google's Lighthouse, mobile profile, on the pages that people see first and most, against a
// production build and the sandbox. Signed-in pages are those of a customer who has bought. Needs `npm run build`.
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import lighthouse from 'lighthouse';
import { browserPath } from '../e2e/browser';
import { agreeAndSave, buy, openWidget, signIn } from '../e2e/portal';
import { person } from '../e2e/sandbox';
import { dataDirectory, PORTAL, portalEnvironment, SANDBOX, sandboxEnvironment } from '../e2e/stack';

const DEBUGGING_PORT = 9333;
const PAGES = [
  { path: '/', isPublic: true },
  { path: '/sign-in', isPublic: true },
  { path: '/account', isPublic: false },
  { path: '/account/buy', isPublic: false },
];
const GOALS = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 };
type Category = keyof typeof GOALS;

const children: ChildProcess[] = [];
try {
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  for (const child of children) child.kill('SIGTERM');
}

async function measure(): Promise<boolean> {
  rmSync(dataDirectory('portal'), { recursive: true, force: true });
  start(['node_modules/.bin/tsx', 'sandbox/main.ts'], sandboxEnvironment());
  await until(`${SANDBOX.api}/__control/switches`);
  start(['node_modules/.bin/next', 'start', '--port', String(PORTAL.port)], portalEnvironment('portal'));
  await until(`${PORTAL.origin}/api/health/ready`);
  const context = await chromium.launchPersistentContext('', {
    executablePath: browserPath(),
    args: ['--no-sandbox', `--remote-debugging-port=${DEBUGGING_PORT}`],
  });
  try {
    let good = true;
    for (const { path, isPublic } of PAGES) {
      if (!isPublic && !(await context.cookies()).some(({ name }) => name.includes('session-token'))) {
        const page = context.pages()[0] ?? (await context.newPage());
        await signIn(page, person(1).sub, { path: '/account/details' });
        await agreeAndSave(page);
        await buy(await openWidget(page));
        // The sandbox's parts share an address: the identity provider's cookies are none of the widget's.
        await context.clearCookies({ domain: '127.0.0.1' });
      }
      good = (await score(path, isPublic)) && good;
    }
    return good;
  } finally {
    await context.close();
  }
}

/** Prints the scores of a page. @returns whether they reach the goals. */
async function score(path: string, isPublic: boolean): Promise<boolean> {
  const result = await lighthouse(PORTAL.origin + path, {
    port: DEBUGGING_PORT,
    // The session's cookie is part of the visit.
    disableStorageReset: true,
    onlyCategories: Object.keys(GOALS).filter((category) => isPublic || category !== 'seo'),
    logLevel: 'error',
  });
  if (!result || result.lhr.finalDisplayedUrl !== PORTAL.origin + path)
    throw new Error(`${path} could not be measured`);
  const scores = Object.values(result.lhr.categories).map(({ id, score: part }) => ({
    id: id as Category,
    points: Math.round((part ?? 0) * 100),
  }));
  console.log(`${path.padEnd(14)} ${scores.map(({ id, points }) => `${id} ${points}`).join(' · ')}`);
  for (const { id, auditRefs } of Object.values(result.lhr.categories))
    for (const { id: audit, weight } of auditRefs) {
      const part = result.lhr.audits[audit]?.score;
      if (id !== 'performance' && weight > 0 && part !== null && part !== undefined && part < 1)
        console.log(`  ${id}: ${result.lhr.audits[audit]?.title}`);
    }
  return scores.every(({ id, points }) => points >= GOALS[id]);
}

function start([command = '', ...args]: string[], environment: Record<string, string>): void {
  children.push(spawn(command, args, { env: { ...process.env, ...environment }, stdio: 'ignore' }));
}

async function until(address: string): Promise<void> {
  while (!(await fetch(address).catch(() => null))?.ok) await sleep(200);
}
