// PostgreSQL only: broken connections to the database. The embedded database has none.
import { spawn } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { DatabaseProxy } from './database-proxy';
import { readyToBuy } from './portal';
import { person } from './sandbox';
import { portalEnvironment, SPARE_PORTAL } from './stack';

test('a lost database connection is a 503 page, and users stay signed in', async ({ page }) => {
  const settings = portalEnvironment('spare-portal');
  const proxy = await DatabaseProxy.to(settings.DATABASE_URL ?? '');
  const env = { ...process.env, ...settings, DATABASE_URL: proxy.url };
  const portal = spawn('node_modules/.bin/next', ['start', '--port', String(SPARE_PORTAL.port)], {
    env,
    stdio: 'ignore',
  });
  const ready = () =>
    fetch(`${SPARE_PORTAL.origin}/api/health/ready`).then(
      (response) => response.status,
      () => 0,
    );
  try {
    await expect.poll(ready, { timeout: 30_000 }).toBe(200);
    await readyToBuy(page, person(60).sub, { origin: SPARE_PORTAL.origin });
    proxy.cut();
    await expect.poll(ready).toBe(503);
    expect((await page.goto(`${SPARE_PORTAL.origin}/account`))?.status()).toBe(503);
    await expect(page.getByText('You are still signed in.')).toBeVisible();
    proxy.mend();
    // The page retries by itself.
    await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible({ timeout: 20_000 });
  } finally {
    portal.kill('SIGKILL');
    proxy.close();
  }
});
