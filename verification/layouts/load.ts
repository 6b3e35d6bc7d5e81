// People who sign in, buy and sign out all the time, and remember every request that failed.
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser, detailsWith, isSignedOut, type Page } from '../../e2e/http-browser';
import { PORTAL, SANDBOX } from '../../e2e/stack';

/** How long the portal may take to invalidate a token after a sign-out. */
const REVOKED_WITHIN_MS = 30_000;

export interface Load {
  requests: number;
  signIns: number;
  purchases: number;
  signOuts: number;
  /** One line for each failure. */
  failures: string[];
}

/** Lets people use the portal until `stopped` says so. */
export async function runLoad(people: number, stopped: () => boolean): Promise<Load> {
  const load: Load = { requests: 0, signIns: 0, purchases: 0, signOuts: 0, failures: [] };
  // From 2,000 on nobody is known to the KYC service, whose form would be a shorter one.
  let number = 2000;
  const comeAndGo = async () => {
    while (!stopped()) await visit(number++, load);
  };
  await Promise.all(Array.from({ length: people }, comeAndGo));
  return load;
}

/** The visit of somebody new, so that no limit of a person counts. */
async function visit(number: number, load: Load): Promise<void> {
  const sub = `sample-${number}`;
  const browser = new Browser(PORTAL.origin);
  const ask = async (what: string, request: () => Promise<Page>, fits: (page: Page) => boolean) => {
    load.requests += 1;
    const page = await request().catch((error: Error) => `${error.message} ${String(error.cause ?? '')}`);
    const fails =
      typeof page === 'string' ? page : fits(page) ? '' : `${page.status} ${page.url} ${page.text.slice(0, 120)}`;
    if (fails) load.failures.push(`${new Date().toISOString()} ${sub} ${what}: ${fails}`);
    return typeof page === 'string' ? null : page;
  };
  await ask(
    'sign in',
    () => browser.signIn(sub),
    ({ status, url }) => status === 200 && url.includes('/account'),
  );
  load.signIns += 1;
  const details = detailsWith('1 Rolling St, Kyiv');
  const save = () => browser.submit('/account/details', 'name="firstName"', details);
  await ask('save details', save, ({ status }) => status === 303);
  const buy = () => browser.submit('/account', 'Buy crypto', {});
  await ask('buy', buy, ({ status }) => status === 303);
  await ask(
    'visit',
    () => browser.visit('/account/buy'),
    ({ status }) => status === 200,
  );
  const isWidget = ({ location }: Page) => Boolean(location?.includes('refreshToken='));
  const frame = await ask('frame', () => browser.frame(), isWidget);
  if (frame && isWidget(frame)) load.purchases += 1;
  const signedOut = await ask('sign out', () => browser.post('/sign-out', { where: 'here' }), isSignedOut);
  if (signedOut && isSignedOut(signedOut)) load.signOuts += 1;
  const tokens = await remainingTokens(`customer${number}@example.com`);
  if (tokens !== 0) load.failures.push(`${new Date().toISOString()} ${sub} sign out: ${tokens} tokens left`);
}

/** Returns the tokens that KunaCore still accepts, once there are none or the time is over. */
async function remainingTokens(email: string): Promise<number> {
  for (const began = Date.now(); ; await sleep(250)) {
    const customers = (await (await fetch(`${SANDBOX.api}/__control/customers`)).json()) as {
      email: string;
      liveTokens: number;
    }[];
    const tokens = customers.find((customer) => customer.email === email)?.liveTokens ?? 0;
    if (tokens === 0 || Date.now() - began > REVOKED_WITHIN_MS) return tokens;
  }
}
