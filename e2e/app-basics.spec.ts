// Files for browsers, phones, search engines and link previews.
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { institution } from './institution';
import { PORTAL } from './stack';

test('icons, manifest, theme colour, description and link preview exist and have the declared types', async ({
  page,
}) => {
  await page.goto('/');
  const content = (selector: string) => page.locator(selector).first().getAttribute('content');
  // The brand's tagline.
  const description = (await content('meta[name=description]')) ?? '';
  expect(description).toMatch(/\S+ \S+/);
  expect(readFileSync('lib/brand/brand.ts', 'utf8')).toContain(description);
  expect(await content('meta[name=theme-color]')).toMatch(/^#/);
  expect(await content('meta[property="og:title"]')).toBe(institution.name);
  const image = (await content('meta[property="og:image"]')) ?? '';
  expect(image).toBe(`${PORTAL.origin}/brand/shared-link.png`);
  const manifestPath = (await page.locator('link[rel=manifest]').getAttribute('href')) ?? '';
  const manifest = await (await page.request.get(manifestPath)).json();
  expect(manifest).toMatchObject({ name: institution.name, start_url: '/account', display: 'standalone' });

  const linked = await page
    .locator('link[rel=icon], link[rel=apple-touch-icon]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  expect(linked).toHaveLength(2);
  const icons = manifest.icons.map(({ src }: { src: string }) => src);
  for (const path of [...linked, ...icons, '/favicon.ico', image]) {
    const response = await page.request.get(path);
    const body = await response.body();
    const isPicture = body.subarray(1, 4).toString() === 'PNG' || body.subarray(0, 4).toString() === '<svg';
    expect([path, response.status(), isPicture]).toEqual([path, 200, true]);
  }
});

test('asks search engines not to index the account', async ({ request }) => {
  const robots = await (await request.get('/robots.txt')).text();
  for (const path of ['/account', '/api/']) expect(robots).toContain(`Disallow: ${path}`);
  // The support console may be off.
  const isThere = (await request.get('/operator', { maxRedirects: 0 })).status() !== 404;
  expect(robots.includes('Disallow: /operator')).toBe(isThere);
});

test('an offline page is shown without a connection, and leads back once there is one', async ({ page, context }) => {
  await page.goto('/');
  // Resolves once the service worker has cached the page.
  await expect.poll(() => page.evaluate(async () => (await caches.match('/offline')) !== undefined)).toBe(true);
  await page.reload();
  await context.setOffline(true);
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { name: 'You are offline' })).toBeVisible();
  await context.setOffline(false);
  // By itself.
  await expect(page.getByRole('heading', { name: `Sign in to ${institution.name}` })).toBeVisible();
});
