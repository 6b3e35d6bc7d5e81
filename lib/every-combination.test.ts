// KunaCore's documentation leaves nine questions open. The portal must work with every combination of answers, so all
// of them are tried, against the second KunaCore, which was written from the documentation alone.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { issueToken } from './authorisations/issue';
import { createCustomer } from './customers/create';
import { storeDetails } from './customers/details';
import { readCustomerState } from './customers/read';
import { reconcile } from './reconciler';
import {
  addCustomer,
  addUser,
  authorisationRow,
  customerRow,
  DETAILS,
  type Portal,
  signIn,
  startPortal,
  type TestUser,
  USER_AGENT,
} from './testing/portal';
import { SECOND_LOGIN, type SecondOpinion, startSecondOpinion } from './testing/second-opinion';

type Answers = Record<string, string | number>;

/** Whether and how a token may be used: these decide on the story of a visit. */
const OF_TOKENS = {
  newToken: ['leaves', 'ends earlier'],
  secondOpening: ['accepted', 'refused'],
  otherUserAgent: ['refused', 'accepted'],
  invalidateWithoutToken: ['2xx', '404'],
};
/** What answers look like: these decide on how a customer that exists already is recognised. */
const OF_ANSWERS = {
  errorBody: ['errors', 'statusCode', 'text'],
  duplicateEmail: [409, 400, 422],
  findShape: ['array', 'wrapped'],
  findMatch: ['exact', 'substring'],
};
const OF_SUCCESS = { successCode: [201, 200] };

let kunacore: SecondOpinion;
let portal: Portal;

beforeAll(async () => {
  kunacore = await startSecondOpinion();
  portal = await startPortal(kunacore, SECOND_LOGIN);
});
// The login of the portal is forgotten too: each group begins with a 401 and a new one.
beforeEach(async () => {
  await Promise.all([portal.empty(), kunacore.reset()]);
});
afterAll(async () => {
  await Promise.all([portal?.close(), kunacore?.stop()]);
});

test('there are 1152 combinations', () => {
  expect([...combinations({ ...OF_TOKENS, ...OF_ANSWERS, ...OF_SUCCESS })]).toHaveLength(1152);
});

describe('from the details to a widget that opens, and, after signing out, no longer does', () => {
  test.each([...combinations(OF_TOKENS)])('%j', { timeout: 60_000 }, async (ofTokens) => {
    for (const others of combinations({ ...OF_ANSWERS, ...OF_SUCCESS })) {
      const answers = { ...ofTokens, ...others };
      await kunacore.switches(answers);
      await tellStory(JSON.stringify(answers));
    }
  });
});

async function tellStory(hint: string): Promise<void> {
  const user = await addCustomer(portal.services);
  const first = await openAndSignOut(user, hint);
  // A visit without a widget: at sign-out there may be nothing to cancel.
  const idle = await signIn(portal.services, user.id);
  await idle.signOut();
  await reconcile(portal.services);
  expect(await authorisationRow(portal.services, user.id), hint).toMatchObject({ wanted: 2, done: 2 });
  const second = await openAndSignOut(user, hint);
  expect(second.href, hint).not.toBe(first.href);
  expect(await authorisationRow(portal.services, user.id), hint).toMatchObject({ wanted: 3, done: 3 });
}

async function openAndSignOut(user: TestUser, hint: string): Promise<URL> {
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
  return url;
}

async function open(url: URL): Promise<{ status: number; wallet: boolean }> {
  const response = await fetch(url, { headers: { 'user-agent': USER_AGENT } });
  const html = await response.text();
  return { status: response.status, wallet: html.includes('Wallet of Olena Shevchenko') };
}

describe.each([...combinations(OF_ANSWERS)])('a customer who exists already: %j', (answers) => {
  test('is adopted when it is ours, and nobody similar is', async () => {
    const { user, externalId } = await intendCustomer(answers);
    await createElsewhere(`x${user.email}`, randomUUID());
    await createElsewhere(`copy.${user.email}`, `${externalId}-copy`);
    const ours = await createElsewhere(user.email, externalId);
    await createCustomer(portal.services, user.id, 0);
    const ready = { state: 'ready', customerId: ours.id, walletId: ours.walletId };
    expect(await readCustomerState(portal.services, user.id)).toEqual(ready);
    const { session } = await signIn(portal.services, user.id);
    expect(await issueToken(portal.services, session, USER_AGENT)).toMatchObject({ outcome: 'issued' });
  });

  test.each(['crm-4711', undefined])('is never adopted when its externalId is %s', async (externalId) => {
    const { user } = await intendCustomer(answers);
    await createElsewhere(user.email, externalId);
    expect(await createCustomer(portal.services, user.id, 0)).toEqual({ state: 'conflict' });
    expect(await customerRow(portal.services, user.id)).toMatchObject({ customerId: null, walletId: null });
  });

  test('is not made of a similar address', async () => {
    const { user } = await intendCustomer(answers);
    const similar = await createElsewhere(`x${user.email}`, randomUUID());
    const state = await createCustomer(portal.services, user.id, 0);
    expect(state).toMatchObject({ state: 'ready' });
    expect(state).not.toMatchObject({ customerId: similar.id });
  });
});

/** A user whose details are stored, with the id that our customer will have, before KunaCore is asked. */
async function intendCustomer(answers: Answers): Promise<{ user: TestUser; externalId: string }> {
  await kunacore.switches(answers);
  const user = await addUser(portal.services);
  await storeDetails(portal.services, user.id, DETAILS);
  return { user, externalId: (await customerRow(portal.services, user.id)).externalId };
}

/** A customer that was created past this portal. */
async function createElsewhere(email: string, externalId?: string): Promise<{ id: string; walletId: string }> {
  const response = await fetch(`${kunacore.apiUrl}/v2/customer/create`, {
    method: 'POST',
    headers: { 'api-key': 'second-opinion-key', 'content-type': 'application/json' },
    body: JSON.stringify({
      email,
      externalId,
      firstName: 'Somebody',
      lastName: 'Else',
      country: 'PL',
      verificationDocumentId: 'PL-1',
      residenceAddress: '1 Elsewhere',
    }),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { data: { id: string; walletId: string } }).data;
}

/** Every way to answer all of these questions. */
function* combinations(questions: Record<string, readonly (string | number)[]>): Generator<Answers> {
  const [first, ...rest] = Object.entries(questions);
  if (!first) {
    yield {};
    return;
  }
  const [question, answers] = first;
  for (const answer of answers)
    for (const others of combinations(Object.fromEntries(rest))) yield { [question]: answer, ...others };
}
