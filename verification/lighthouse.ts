// npm run --prefix verification lighthouse: Google's Lighthouse, mobile profile, on the pages that people see first and most, against a
// production build and the sandbox. Signed-in pages are those of a customer who has bought. Needs `npm run build`. npx fetches
// Lighthouse, which with all it needs would be a quarter of `npm ci`.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { browserPath } from '../e2e/browser';
import { agreeAndSave, buy, openWidget, signIn } from '../e2e/portal';
import { person } from '../e2e/sandbox';
import { PORTAL } from '../e2e/stack';
import { withPortal } from './with-portal';

const LIGHTHOUSE = 'lighthouse@12.8.2';
const DEBUGGING_PORT = 9333;
const PAGES = [
  { path: '/', isPublic: true },
  { path: '/sign-in', isPublic: true },
  { path: '/account', isPublic: false },
  { path: '/account/buy', isPublic: false },
];
const GOALS = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 };
type Category = keyof typeof GOALS;

/** What is read of Lighthouse's result (its documentation, understanding-results.md). */
interface Result {
  finalDisplayedUrl: string;
  categories: Record<string, { id: string; score: number | null; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, { title: string; score: number | null }>;
}

process.exitCode = (await withPortal(measure)) ? 0 : 1;

async function measure(): Promise<boolean> {
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
  const categories = Object.keys(GOALS).filter((category) => isPublic || category !== 'seo');
  // The session's cookie is part of the visit.
  const options = [`--port=${DEBUGGING_PORT}`, '--disable-storage-reset', '--output=json', '--quiet'];
  const command = ['--yes', LIGHTHOUSE, PORTAL.origin + path, ...options, `--only-categories=${categories}`];
  const { stdout } = await promisify(execFile)('npx', command, { maxBuffer: 1 << 28 });
  const result = JSON.parse(stdout) as Result;
  if (result.finalDisplayedUrl !== PORTAL.origin + path) throw new Error(`${path} could not be measured`);
  const scores = Object.values(result.categories).map(({ id, score: part }) => ({
    id: id as Category,
    points: Math.round((part ?? 0) * 100),
  }));
  console.log(`${path.padEnd(14)} ${scores.map(({ id, points }) => `${id} ${points}`).join(' · ')}`);
  for (const { id, auditRefs } of Object.values(result.categories))
    for (const { id: audit, weight } of auditRefs) {
      const part = result.audits[audit]?.score;
      if (id !== 'performance' && weight > 0 && part !== null && part !== undefined && part < 1)
        console.log(`  ${id}: ${result.audits[audit]?.title}`);
    }
  return scores.every(({ id, points }) => points >= GOALS[id]);
}
