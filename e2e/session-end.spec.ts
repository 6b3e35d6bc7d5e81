// The end of a session without activity: the warning, "Stay signed in", and what other tabs show. With the shortest idle time.
// ASVS 5.0: 7.3.1
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { english as say } from './messages';
import { signIn } from './portal';
import { person } from './sandbox';
import { dataDirectory, portalEnvironment, SPARE_PORTAL } from './stack';

const { port, origin } = SPARE_PORTAL;
let portal: ChildProcess;

test.beforeAll(async () => {
  rmSync(dataDirectory('spare-portal'), { recursive: true, force: true });
  const env = { ...process.env, ...portalEnvironment('spare-portal'), SESSION_IDLE_MINUTES: '1', DATABASE_URL: '' };
  portal = spawn('node_modules/.bin/next', ['start', '--port', String(port)], { env, stdio: 'ignore' });
  await expect(async () => expect((await fetch(`${origin}/api/health/ready`)).status).toBe(200)).toPass();
});
test.afterAll(async () => {
  portal.kill('SIGKILL');
  await new Promise((resolve) => portal.once('exit', resolve));
});

const warning = (page: Page) => page.getByRole('dialog', { name: say('session.stillThere') });

test('two tabs warn before the session ends, stay together, and say together that it is over [T16]', async ({
  page,
}) => {
  await signIn(page, person(580).sub, { origin });
  await page.goto(`${origin}/account/help`);
  const other = await page.context().newPage();
  await other.goto(`${origin}/account/devices`);
  for (const tab of [page, other]) await expect(warning(tab)).toBeVisible({ timeout: 45_000 });
  await expect(page.getByRole('button', { name: say('session.stay') })).toBeFocused();
  await page.keyboard.press('Enter');
  for (const tab of [page, other]) await expect(warning(tab)).toHaveCount(0);
  expect((await page.request.get(`${origin}/api/account/status`)).status()).toBe(200);

  // The other tab signs out: nothing in this one offers what needs a session.
  await other.getByRole('button', { name: say('shell.signOut'), exact: true }).click();
  const over = page.getByRole('alert').filter({ hasText: say('session.over') });
  await expect(over).toBeVisible();
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expect(page.getByRole('button', { name: say('shell.signOut') })).toHaveCount(0);
  await over.getByRole('link', { name: say('session.signIn') }).click();
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Faccount%2Fhelp/);
});
