// Checks what customers see of verified data, review and consent, and the reviewers' pages, in both languages (look.ts).
import { type Browser, expect, type Page, test } from '@playwright/test';
import { look } from './look';
import { LANGUAGES, saying } from './messages';
import { agreeAndSave, signIn } from './portal';
import { runReviewPortal } from './review-portal';
import { controlKyc, person } from './sandbox';

const AGENT = 'ihor-tkachenko';
const SUPERVISOR = 'oksana-melnyk';
const DETAILS = { path: '/account/details' };
const reviewOrigin = runReviewPortal();

test.setTimeout(300_000);
test.use({ contextOptions: { reducedMotion: 'reduce' } });
test.afterEach(() => controlKyc('reset', {}));

for (const [index, language] of LANGUAGES.entries()) {
  const say = saying(language);
  const testPerson = (number: number) => person(number + index);
  const lookAt = (page: Page, name: string) => look(page, name, language);

  test.describe(language, () => {
    test.use({ locale: language });

    test('details that the institution knows completely, in part, and not right now', async ({ page }) => {
      await signIn(page, testPerson(1807).sub, DETAILS);
      await page.getByText(say('kyc.wrong')).click();
      await lookAt(page, 'details-verified');
      await page.getByRole('button', { name: say('kyc.report') }).click();
      await expect(page.getByRole('heading', { name: say('kyc.reported.title') })).toBeVisible();
      await lookAt(page, 'details-reported');
      await controlKyc('switches', { mode: 'down' });
      await page.context().clearCookies();
      await signIn(page, testPerson(1809).sub, DETAILS);
      await expect(page.getByText(say('kyc.unavailable.title'))).toBeVisible();
      await lookAt(page, 'details-unavailable');
      await controlKyc('reset', {});
      await page.context().clearCookies();
      await signIn(page, testPerson(1822).sub, DETAILS);
      await expect(page.getByLabel(say('details.documentNumber'))).toBeVisible();
      await lookAt(page, 'details-in-part');
      await agreeAndSave(page, 'FE123456', say);
      await page.goto('/account/details');
      await page.getByText(say('details.onRecord.withdraw.summary'), { exact: true }).click();
      await lookAt(page, 'details-agreed');
      await page.getByRole('button', { name: say('details.onRecord.withdraw.submit') }).click();
      await expect(page.getByRole('heading', { name: say('kyc.wrong') })).toHaveCount(0);
      await lookAt(page, 'details-withdrawn');
      await page.goto('/account');
      await expect(heading(page, say('account.states.consent-withdrawn.title'))).toBeVisible();
      await lookAt(page, 'overview-withdrawn');
    });

    test('details in review, returned and accepted, for the customer and for both operators', async ({
      page,
      browser,
    }) => {
      const number = 63 + index;
      const { sub } = person(number);
      const origin = reviewOrigin;
      const signedIn = async (who: string, path: string) => {
        const theirs = await newPage(browser, language);
        await signIn(theirs, who, { origin, path });
        return theirs;
      };
      await signIn(page, sub, { ...DETAILS, origin });
      await agreeAndSave(page, 'FE000000', say);
      await expect(heading(page, say('account.states.waiting-for-review.title'))).toBeVisible();
      await lookAt(page, 'overview-in-review');
      await page.goto(`${origin}/account/details`);
      await lookAt(page, 'details-in-review');

      const agent = await signedIn(AGENT, '/operator');
      await lookAt(agent, 'operator-to-review');
      await agent.goto(`${origin}/operator/review`);
      await lookAt(agent, 'operator-review-list');
      await agent.getByRole('link', { name: `Customer Number${number}` }).click();
      await expect(agent.getByText(say('support.situation.now.waiting-for-review'))).toBeVisible();
      await lookAt(agent, 'operator-customer-in-review');
      const file = agent.url();
      await agent.getByRole('link', { name: say('review.open') }).click();
      await expect(heading(agent, say('review.accept.title'))).toBeVisible();
      await lookAt(agent, 'operator-review');
      await agent.getByLabel(say('support.act.reason')).selectOption('mistyped');
      await agent.getByLabel(say('review.return.note')).fill('Please compare the document number.');
      await agent.getByRole('button', { name: say('review.return.submit') }).click();
      await expect(agent.getByText(say('review.outcomes.returned'))).toBeVisible();
      await lookAt(agent, 'operator-review-over');
      await agent.goto(file);
      await expect(agent.getByText(say('support.situation.now.returned'))).toBeVisible();
      await lookAt(agent, 'operator-customer-returned');

      await page.goto(`${origin}/account`);
      await expect(page.getByText('Please compare the document number.')).toBeVisible();
      await lookAt(page, 'overview-returned');
      await page.getByRole('link', { name: say('account.correctDetails') }).click();
      await page.waitForURL('**/account/details?then=buy');
      await expect(page.getByText(say('review.reasons.mistyped'))).toBeVisible();
      await lookAt(page, 'details-returned');
      await agreeAndSave(page, 'FE123457', say);

      await agent.goto(`${file}/review`);
      await agent.getByRole('button', { name: say('review.accept.submit') }).click();
      await expect(agent.getByText(say('review.byYou'))).toBeVisible();
      await lookAt(agent, 'operator-review-first');
      const supervisor = await signedIn(SUPERVISOR, '/operator');
      await supervisor.goto(`${file}/review`);
      await supervisor.getByRole('button', { name: say('review.accept.submit') }).click();
      await expect(supervisor.getByText(say('review.outcomes.accepted'))).toBeVisible();
      await page.goto(`${origin}/account/details`);
      await page.getByLabel(say('details.residenceAddress')).fill('1 New St, Lviv 79000');
      await agreeAndSave(page, 'FE123457', say);
      await supervisor.goto(`${file}/review`);
      await expect(supervisor.getByText(/45|Sample St/).first()).toBeVisible();
      await lookAt(supervisor, 'operator-review-of-a-change');
      await supervisor.goto(`${origin}/operator/review?after=9999999999999999_00000000-0000-4000-8000-000000000000`);
      await expect(supervisor.getByText(say('operatorQueues.nobody'))).toBeVisible();
      await lookAt(supervisor, 'operator-review-list-empty');
    });
  });
}

async function newPage(browser: Browser, locale: string): Promise<Page> {
  return (await browser.newContext({ locale })).newPage();
}

function heading(page: Page, name: string) {
  return page.getByRole('heading', { name });
}
