// KunaCore's documentation leaves ten questions open. The portal must work with every combination of answers: those to
// nine of them are all tried here, against the reference KunaCore, which was written from the documentation alone. The
// shape of a login stands apart (lib/kunacore/authentication.test.ts).
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readCustomerState } from '@/lib/customers/row';
import { reconcile } from '@/lib/server/reconciler';
import { combinations, OF_CUSTOMERS, OF_SUCCESS, OF_TOKENS } from '@/tests/combinations';
import { addCustomer, authorisationRow, type Portal, signIn, startPortal, USER_AGENT } from '@/tests/portal';
import { REFERENCE_LOGIN, type ReferenceKunaCore, startReferenceKunaCore } from '@/tests/reference-kunacore';
import { issueToken } from './issue';

let kunacore: ReferenceKunaCore;
let portal: Portal;

beforeAll(async () => {
  kunacore = await startReferenceKunaCore();
  portal = await startPortal(kunacore, REFERENCE_LOGIN);
});
// The login of the portal is forgotten too: each group begins with a 401 and a new one.
beforeEach(async () => {
  await Promise.all([portal.empty(), kunacore.reset()]);
});
afterAll(async () => {
  await Promise.all([portal?.close(), kunacore?.stop()]);
});

const ofAnswers = [...combinations({ ...OF_CUSTOMERS, ...OF_SUCCESS })];

test('there are 1152 combinations', () => {
  expect([...combinations(OF_TOKENS)].length * ofAnswers.length).toBe(1152);
});

test.each([...combinations(OF_TOKENS)])(
  'from the details to a widget that opens, and dies at sign-out: %j',
  { timeout: 60_000 },
  async (ofTokens) => {
    for (const others of ofAnswers) {
      const answers = { ...ofTokens, ...others };
      await kunacore.switches(answers);
      await tellStory(JSON.stringify(answers));
    }
  },
);

/** @param hint names the combination when something fails. */
async function tellStory(hint: string): Promise<void> {
  const user = await addCustomer(portal.services);
  expect(await readCustomerState(portal.services, user.id), hint).toMatchObject({ state: 'ready' });
  const { session, signOut } = await signIn(portal.services, user.id);
  const issued = await issueToken(portal.services, session, USER_AGENT);
  if (issued.outcome !== 'issued') throw new Error(`${issued.outcome} with ${hint}`);
  const url = new URL(kunacore.widgetUrl);
  url.searchParams.set('institutionId', 'institution');
  url.searchParams.set('refreshToken', issued.token.reveal());
  expect(await open(url), hint).toEqual({ status: 200, wallet: true });

  await signOut();
  expect(await reconcile(portal.services), hint).toEqual({ unavailable: false, more: false });
  expect(await open(url), hint).toEqual({ status: 403, wallet: false });

  // Another visit, without a widget: at sign-out there is nothing to cancel.
  await (await signIn(portal.services, user.id)).signOut();
  expect(await reconcile(portal.services), hint).toEqual({ unavailable: false, more: false });
  expect(await authorisationRow(portal.services, user.id), hint).toMatchObject({ epoch: 2, revokedEpoch: 2 });
}

async function open(url: URL): Promise<{ status: number; wallet: boolean }> {
  const response = await fetch(url, { headers: { 'user-agent': USER_AGENT } });
  const html = await response.text();
  return { status: response.status, wallet: html.includes('Wallet of Olena Shevchenko') };
}
