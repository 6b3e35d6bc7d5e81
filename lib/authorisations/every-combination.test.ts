// KunaCore's documentation leaves eleven questions open. The portal must work with every combination of answers: those
// to ten of them are tried here, against the reference KunaCore, which was written from the documentation alone. The
// shape of a login stands apart (lib/kunacore/authentication.test.ts).
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readCustomerState } from '@/lib/customers/row';
import { createKunaCoreClient } from '@/lib/kunacore/client';
import { reconcile } from '@/lib/server/reconciler';
import type { Services } from '@/lib/services';
import { type Answers, combinations, OF_CUSTOMERS, OF_ENCRYPTION, OF_SUCCESS, OF_TOKENS } from '@/tests/combinations';
import { addCustomer, authorisationRow, type Portal, signIn, startPortal, USER_AGENT } from '@/tests/portal';
import { REFERENCE_LOGIN, type ReferenceKunaCore, startReferenceKunaCore } from '@/tests/reference-kunacore';
import { issueToken } from './issue';

let kunacore: ReferenceKunaCore;
let portal: Portal;
/** The services of the same portal with KUNACORE_ENCRYPTION=on. */
let encrypted: Services;

beforeAll(async () => {
  kunacore = await startReferenceKunaCore();
  portal = await startPortal(kunacore, REFERENCE_LOGIN);
  encrypted = { ...portal.services, kunacore: encryptingClient(kunacore.apiUrl) };
});
// The login of the portal is forgotten too: each group begins with a 401 and a new one.
beforeEach(async () => {
  await Promise.all([portal.empty(), kunacore.reset()]);
});
afterAll(async () => {
  await Promise.all([portal?.close(), kunacore?.stop()]);
});

const ALL = [...combinations({ ...OF_TOKENS, ...OF_CUSTOMERS, ...OF_SUCCESS, ...OF_ENCRYPTION })];

/** An ordinary run plays every 23rd combination: each pair of answers. The long run of the fuzz plays them all. */
const CHOSEN = process.env.FUZZ_RUNS ? ALL : ALL.filter((_, index) => index % 23 === 0);
const GROUP = 24;

test('the questions have 2304 combinations of answers', () => {
  expect(ALL).toHaveLength(2304);
});

test.each(Array.from({ length: Math.ceil(CHOSEN.length / GROUP) }, (_, group) => group * GROUP))(
  'from the details to a widget that opens, and is revoked at sign-out: combinations from %i on',
  { timeout: 60_000 },
  async (first) => {
    for (const answers of CHOSEN.slice(first, first + GROUP)) {
      await kunacore.switches(answers);
      await playStory(answers);
    }
  },
);

async function playStory(answers: Answers): Promise<void> {
  // Names the combination when something fails.
  const hint = JSON.stringify(answers);
  const services = answers.encryption === 'on' ? encrypted : portal.services;
  const user = await addCustomer(services);
  expect(await readCustomerState(services, user.id), hint).toMatchObject({ state: 'ready' });
  const { session, signOut } = await signIn(services, user.id);
  const issued = await issueToken(services, session, USER_AGENT);
  if (issued.outcome !== 'issued') throw new Error(`${issued.outcome} with ${hint}`);
  const url = new URL(kunacore.widgetUrl);
  url.searchParams.set('institutionId', 'institution');
  url.searchParams.set('refreshToken', issued.token.reveal());
  expect(await open(url), hint).toEqual({ status: 200, wallet: true });

  await signOut();
  expect(await reconcile(services), hint).toMatchObject({ unavailable: false, more: false });
  expect(await open(url), hint).toEqual({ status: 403, wallet: false });

  // Another visit, without a widget: at sign-out there is nothing to cancel.
  await (await signIn(services, user.id)).signOut();
  expect(await reconcile(services), hint).toMatchObject({ unavailable: false, more: false });
  expect(await authorisationRow(services, user.id), hint).toMatchObject({ epoch: 2, revokedEpoch: 2 });
}

const key = (name: string) => readFileSync(`sandbox/kunacore/keys/${name}.pem`, 'utf8');

function encryptingClient(apiUrl: string): Services['kunacore'] {
  const encryption = {
    publicKey: key('kuna-public'),
    privateKey: key('partner-private'),
    keyAlgorithm: 'RSA-OAEP-256',
    contentAlgorithm: 'A256GCM',
  } as const;
  return createKunaCoreClient({ apiUrl, credentials: REFERENCE_LOGIN, encryption, breaker: { failures: 1000 } });
}

async function open(url: URL): Promise<{ status: number; wallet: boolean }> {
  const response = await fetch(url, { headers: { 'user-agent': USER_AGENT } });
  const html = await response.text();
  return { status: response.status, wallet: html.includes('Wallet of Olena Shevchenko') };
}
