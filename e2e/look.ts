// Looks at a page on every screen and in every theme: no accessibility violation, no overflow, no cut-off text, also at
// 200 % and 400 % zoom, on a phone on its side, with wider text, on paper and in forced colours.
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import axe, { type RunOptions } from 'axe-core';

const SCREENS = [
  { name: 'desktop', viewport: { width: 1280, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
];
/** A phone on its side; half (WCAG 2.2, 1.4.4) and a quarter (1.4.10) of a desktop's pixels: 200 % and 400 % zoom. */
const LOW = [
  { width: 844, height: 390 },
  { width: 640, height: 450 },
  { width: 320, height: 256 },
];
const THEMES = ['light', 'dark'] as const;
/** Rules for WCAG 2.5.3 and 2.5.8 that axe leaves out unless asked. */
const FURTHER_RULES = { 'label-content-name-mismatch': { enabled: true }, 'target-size': { enabled: true } };
/** The text spacing that a page must bear (WCAG 1.4.12). */
const WIDE_TEXT = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }`;
/** The rules that a theme can break and a language cannot. They take most of the time. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
const ALL_RULES = { rules: FURTHER_RULES };
const RULES_FOR_TEXT = {
  rules: { ...FURTHER_RULES, ...Object.fromEntries(COLOUR_RULES.map((rule) => [rule, { enabled: false }])) },
};

/**
 * Checks the current page: no overflow and no cut-off text on every screen, no violation on the desktop in the light theme. In
 * English also no violation on a phone, colours of both themes on the desktop, and forced colours.
 */
export async function look(page: Page, view: string, language: string, frameIsOurs = false): Promise<void> {
  const name = `${view}-${language}`;
  // Colours are the same in every language and on every screen. The gallery shows all.
  const isThorough = language === 'en';
  const keepsAll = process.env.SCREENSHOTS !== undefined;
  await expect.soft(page.locator('head title'), `titles of ${name}`).toHaveCount(1);
  for (const viewport of LOW) {
    await page.setViewportSize(viewport);
    expect.soft(await cutOff(page), `${name} at ${viewport.width} pixels`).toEqual([]);
    expect.soft(await covered(page), `bars that do not scroll, ${name} at ${viewport.width} pixels`).toBe(0);
  }
  expect.soft(await accountHeader(page), `the header of ${name} at 400 %`).toBeLessThanOrEqual(128);
  await keepPicture(page, `${name}-zoomed`);
  for (const screen of SCREENS) {
    await page.setViewportSize(screen.viewport);
    expect.soft(await cutOff(page), `${name} on a ${screen.name}`).toEqual([]);
    const isWide = screen.name === 'desktop';
    for (const theme of THEMES) {
      const isNeeded = theme === 'light' ? isWide || isThorough : isWide && isThorough;
      if (!isNeeded && !keepsAll) continue;
      // The same change as the footer's choice of theme.
      await page.evaluate((chosen) => {
        document.documentElement.dataset.theme = chosen;
      }, theme);
      const where = `${name}-${screen.name}-${theme}`;
      const options = theme === 'dark' ? { runOnly: COLOUR_RULES } : isThorough ? ALL_RULES : RULES_FOR_TEXT;
      await expectNoViolations(page, where, frameIsOurs, options);
      await keepPicture(page, where);
    }
  }
  if (!isThorough) return;
  expect.soft(await cutOffWhenWider(page), `${name} with wider text`).toEqual([]);
  await lookOnPaper(page, `${name}-print`);
  await lookInForcedColours(page, `${name}-forced`);
}

/** A printed page has nothing to press in its header, no bar at its foot and no frame. */
async function lookOnPaper(page: Page, where: string): Promise<void> {
  await page.emulateMedia({ media: 'print' });
  await expect
    .soft(
      page.locator('header nav, header form, header details, body > footer, iframe').filter({ visible: true }),
      where,
    )
    .toHaveCount(0);
  await keepPicture(page, where);
  await page.emulateMedia({ media: null });
}

async function cutOffWhenWider(page: Page): Promise<string[]> {
  // Not by a style element, which the Content-Security-Policy refuses.
  await page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
  }, WIDE_TEXT);
  const found = await cutOff(page);
  await page.evaluate(() => {
    document.adoptedStyleSheets = [];
  });
  return found;
}

/**
 * Forced colours remove backgrounds and shadows, so that a control must have a border, and the chosen one a mark. Contrast is
 * the person's own choice there.
 */
async function lookInForcedColours(page: Page, where: string): Promise<void> {
  await page.emulateMedia({ forcedColors: 'active' });
  expect.soft(await invisibleInForcedColours(page), where).toEqual([]);
  await keepPicture(page, where);
  await page.emulateMedia({ forcedColors: 'none' });
}

async function expectNoViolations(page: Page, where: string, frameIsOurs: boolean, options: RunOptions): Promise<void> {
  const violations = frameIsOurs
    ? (await new AxeBuilder({ page }).options(options).analyze()).violations
    : await violationsOutsideFrames(page, options);
  expect
    .soft(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`),
      where,
    )
    .toEqual([]);
}

/**
 * Leaves out the widget, which is Kuna's. Adds axe to a page once and asks for nothing but violations, which takes half the
 * time of AxeBuilder.
 */
async function violationsOutsideFrames(page: Page, options: RunOptions): Promise<axe.Result[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async (given) => {
    const run = (window as unknown as { axe: typeof axe }).axe.run;
    const asked: RunOptions = { ...given, resultTypes: ['violations'], iframes: false };
    return (await run({ exclude: ['iframe'] }, asked)).violations;
  }, options);
}

/** Returns the texts that overflow the screen or their container. */
async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const found = [];
    const excess = document.documentElement.scrollWidth - window.innerWidth;
    const wide = [...document.querySelectorAll('body *')].filter(
      (one) => one.getBoundingClientRect().right > window.innerWidth,
    );
    if (excess > 0)
      found.push(`the page is ${excess} pixels too wide: ${wide.map(({ outerHTML }) => outerHTML.slice(0, 150))}`);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const range = document.createRange();
      range.selectNode(texts.currentNode);
      const text = range.getBoundingClientRect();
      const parents = [];
      for (let one = texts.currentNode.parentElement; one && one !== document.body; one = one.parentElement)
        parents.push({ box: one.getBoundingClientRect(), style: getComputedStyle(one) });
      // Visually hidden text for screen readers.
      if (parents.some(({ style }) => style.clipPath !== 'none' || style.clip !== 'auto')) continue;
      const cut = parents.some(
        ({ box, style }) => style.overflowX !== 'visible' && (text.right > box.right + 1 || text.left < box.left - 1),
      );
      if (cut && text.width > 0) found.push(texts.currentNode.nodeValue?.trim());
    }
    return found.filter(Boolean).map(String);
  });
}

/** Returns the height of the bars that stay while the page scrolls. */
async function covered(page: Page): Promise<number> {
  return page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((one) => ['fixed', 'sticky'].includes(getComputedStyle(one).position) && !one.closest('dialog'))
      .reduce((sum, one) => sum + one.getBoundingClientRect().height, 0),
  );
}

/** Returns the height of the account's header with its navigation; 0 on other pages. */
async function accountHeader(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelector('header:has([data-tab-bar])')?.getBoundingClientRect().height ?? 0);
}

/** Returns the buttons and fields without a border, and chosen links and buttons that look like their neighbours. */
async function invisibleInForcedColours(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const CONTROLS = 'button, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio]), .button-base';
    const isShown = (one: Element) => one.getBoundingClientRect().width > 1;
    const hasBorder = (one: Element) => {
      const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(one);
      return Number.parseFloat(borderTopWidth) > 0 && borderTopStyle !== 'none' && borderTopColor !== backgroundColor;
    };
    const borderless = [...document.querySelectorAll(CONTROLS)].filter((one) => isShown(one) && !hasBorder(one));
    const look = (one: Element) => {
      const { backgroundColor, textDecorationLine } = getComputedStyle(one);
      return `${backgroundColor} ${textDecorationLine}`;
    };
    const chosen = [...document.querySelectorAll('[aria-current=page], [aria-pressed=true]')].filter((one) => {
      const list = one.closest('ul, form, fieldset');
      const others = [...(list?.querySelectorAll(one.tagName) ?? [])].filter(
        (other) => !other.matches('[aria-current=page], [aria-pressed=true]'),
      );
      return isShown(one) && others.some((other) => look(other) === look(one));
    });
    return [...borderless, ...chosen].map(({ outerHTML }) => outerHTML.slice(0, 150));
  });
}

/** SCREENSHOTS=<folder> keeps a picture of each page (npm run --prefix verification gallery). */
async function keepPicture(page: Page, where: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder)
    await page.screenshot({ path: path.join(folder, `${where}.png`), animations: 'disabled', fullPage: true });
}
