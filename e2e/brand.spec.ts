// Changing only lib/brand/brand.ts turns every page into another institution's.
// ASVS 5.0: 13.3.1
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { institution, institutionOf } from './institution';
import { agreeAndSave, signIn } from './portal';
import { person } from './sandbox';
import { BUILD_CANARY, builtFiles, startSecondBrand } from './second-brand';
import { SECOND_BRAND } from './stack';

const lyra = institutionOf('lib/brand/example-lyra.ts');

/** The colours of lib/brand/example-lyra.ts, as a browser serialises them. */
const LYRA = {
  light: { primary: 'rgb(15, 107, 79)', background: 'rgb(246, 244, 238)' },
  dark: { primary: 'rgb(111, 220, 176)', background: 'rgb(13, 17, 15)' },
  font: /Georgia/,
  corner: '4px',
};

let stop = () => {};
test.beforeAll(async () => {
  test.setTimeout(600_000);
  stop = await startSecondBrand();
});
test.afterAll(() => stop());

async function expectLyra(page: Page): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.evaluate((chosen) => {
      document.documentElement.dataset.theme = chosen;
    }, theme);
    const seen = await page.evaluate(() => {
      const colour = (name: string) => {
        const probe = document.createElement('i');
        probe.style.color = `var(--${name})`;
        document.body.append(probe);
        const { color } = getComputedStyle(probe);
        probe.remove();
        return color;
      };
      const { fontFamily } = getComputedStyle(document.body);
      return { primary: colour('primary'), background: colour('background'), fontFamily };
    });
    expect(seen).toEqual({ ...LYRA[theme], fontFamily: expect.stringMatching(LYRA.font) });
  }
  const text = await page.evaluate(() => `${document.title} ${document.body.textContent}`);
  // Only where this checkout's own brand is another one.
  for (const foreign of [institution.name, institution.supportEmail].filter(
    (own) => !Object.values(lyra).includes(own),
  ))
    expect(text).not.toContain(foreign);
}

test('every page, mail address and icon is the other institution’s', async ({ page }) => {
  await page.goto(SECOND_BRAND.origin);
  for (const address of ['/', '/widget', '/sign-in', '/sign-in/check-email', '/nowhere', '/offline', '/unavailable']) {
    await page.goto(SECOND_BRAND.origin + address);
    await expectLyra(page);
  }
  await signIn(page, person(90).sub, { origin: SECOND_BRAND.origin });
  await page.goto(`${SECOND_BRAND.origin}/account/details`);
  await expectLyra(page);
  const save = page.getByRole('button', { name: 'Save and continue' });
  expect(await save.evaluate((button) => getComputedStyle(button).borderRadius)).toBe(LYRA.corner);
  await agreeAndSave(page);
  for (const address of ['/account', '/account/buy', '/account/activity', '/account/devices']) {
    await page.goto(SECOND_BRAND.origin + address);
    await expectLyra(page);
  }
  const read = (address: string) => page.request.get(SECOND_BRAND.origin + address);
  expect(await (await read('/brand/icon.svg')).text()).toContain('#0f6b4f');
  expect(await (await read('/manifest.webmanifest')).json()).toMatchObject({
    name: lyra.name,
    theme_color: '#0f6b4f',
    background_color: '#f6f4ee',
  });
});

test('no setting of the build environment is in the build [T31]', () => {
  const files = builtFiles();
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => readFileSync(file, 'latin1').includes(BUILD_CANARY))).toEqual([]);
  expect(files.filter((file) => file.includes('/static/') && file.endsWith('.map'))).toEqual([]);
});
