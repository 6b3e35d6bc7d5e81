// npm run --prefix verification glewlwyd [-- --no-build]
// The whole story with a provider that nobody here wrote: sign in, buy, end the session there, sign out here.
import { Browser, detailsWith } from '../../../e2e/http-browser';
import { build, freePorts, type SandboxCustomer, type Stack, startStack, until } from '../../faults/processes/stack';
import { CLIENT, call, type Glewlwyd, OLENA, startGlewlwyd } from './provider';

if (!process.argv.includes('--no-build')) build();
const [port = 0, portalPort = 0] = await freePorts(2);
const portal = `http://localhost:${portalPort}`;
const glewlwyd = await startGlewlwyd(port, portal);
try {
  const stack = await startStack(1, 'embedded', {
    portalPorts: [portalPort],
    settings: {
      OIDC_ISSUER: glewlwyd.issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_NAME: 'Glewlwyd',
      // Its end_session_endpoint answers an empty page without an id_token_hint.
      OIDC_LOGOUT: 'off',
    },
  });
  try {
    await play(stack, glewlwyd);
  } finally {
    await stack.stop();
  }
} finally {
  glewlwyd.stop();
}

async function play(stack: Stack, provider: Glewlwyd): Promise<void> {
  const browser = new Browser(portal);
  const atProvider = new Browser(provider.origin);

  await signIn(browser, atProvider);
  const saved = await browser.submit('/account/details', 'name="firstName"', detailsWith('1 Khreshchatyk, Kyiv'));
  check('saves the details', saved.status === 303);
  await buy(browser, stack);

  const began = performance.now();
  const sid = /GLEWLWYD2_OIDC_SID=([^;]+)/.exec(atProvider.cookie)?.[1];
  await call(atProvider, 'DELETE', `/oidc/session/${sid}`);
  await until(async () => !(await isSignedIn(browser)), 'the session at the portal lives on');
  await until(async () => (await liveTokens(stack)) === 0, 'the widget token lives on');
  const seconds = (performance.now() - began) / 1000;
  check(`a session that ends at the provider ends here and at KunaCore, in ${seconds.toFixed(1)} s`, seconds <= 2);

  await signIn(browser, atProvider);
  await buy(browser, stack);
  const signedOut = await browser.post('/sign-out', {});
  check('signs out here', signedOut.location?.endsWith('/sign-in?signed-out') === true && !(await isSignedIn(browser)));
  await until(async () => (await liveTokens(stack)) === 0, 'the widget token lives on');
  check('a sign-out here ends the access at KunaCore', true);
  const next = await leave(browser);
  check('the next sign-in asks for the password again', next.searchParams.get('prompt') === 'login');
  const again = await ask(atProvider, next);
  check('and the provider does ask', again.startsWith(`${provider.origin}/login.html`));
  await signIn(browser, atProvider);
}

/** Presses "Continue with Glewlwyd". @returns the provider's address to which the portal leads. */
async function leave(browser: Browser): Promise<URL> {
  const leaving = await browser.post('/sign-in/oidc', { callbackUrl: '/account' });
  const href = /href="(http:[^"]+)"/.exec(leaving.text)?.[1];
  if (!href) throw new Error(`The portal does not lead to the provider: ${leaving.status}`);
  return new URL(href.replaceAll('&amp;', '&'));
}

/** Asks the provider for a code. @returns where it leads. */
async function ask(atProvider: Browser, address: URL): Promise<string> {
  return (await atProvider.request(address.href, {}, 0)).location ?? '';
}

/** Signs in, as the script of Glewlwyd's page does. */
async function signIn(browser: Browser, atProvider: Browser): Promise<void> {
  const address = await leave(browser);
  await ask(atProvider, address);
  await call(atProvider, 'POST', '/auth/', { username: OLENA.name, password: OLENA.password });
  const scope = address.searchParams.get('scope') ?? '';
  await call(atProvider, 'PUT', `/auth/grant/${CLIENT.id}`, { scope });
  address.searchParams.delete('prompt');
  const back = await ask(atProvider, new URL(`${address.href}&g_continue`));
  await browser.get(back);
  check('signs in at the provider', await isSignedIn(browser));
}

async function buy(browser: Browser, stack: Stack): Promise<void> {
  await until(async () => (await liveTokens(stack)) === 0 && (await isReady(browser)), 'the customer is not ready');
  const frame = await browser.frame();
  check('buys: the frame gets a token', frame.status === 303 && (await liveTokens(stack)) === 1);
}

async function isReady(browser: Browser): Promise<boolean> {
  return (JSON.parse((await browser.get('/api/account/status')).text) as { customer?: string }).customer === 'ready';
}

async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.get('/api/account/status')).status === 200;
}

async function liveTokens(stack: Stack): Promise<number> {
  const customers = await stack.control<SandboxCustomer[]>('GET', 'customers');
  return customers.find(({ email }) => email === OLENA.email)?.liveTokens ?? 0;
}

function check(what: string, holds: boolean): void {
  if (!holds) throw new Error(`FAILED: ${what}`);
  console.log(`ok  ${what}`);
}
