// next-auth's routes and the form for a link, called as a browser and as a stranger would call them.
// ASVS 5.0: 2.3.2 2.4.1 6.3.1 6.6.3 7.6.2 16.3.1
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { NextRequest } from 'next/server';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { sendLink } from '@/app/sign-in/actions';
import { POST as startOidc } from '@/app/sign-in/oidc/route';
import { closeWindows } from '@/lib/audit/counted';
import { type AuditLine, readAuditLog } from '@/lib/audit/read';
import { sessionCookieName } from '@/lib/auth/cookies';
import { auditEvents, rateLimits, sessions, users, verificationTokens } from '@/lib/db/schema';
import { maskEmail } from '@/lib/email-address';
import { blockUser } from '@/lib/operator/block';
import { deleteUser } from '@/lib/privacy/delete-user';
import { RATE_LIMITS } from '@/lib/rate-limits/limits';
import { linkState } from '@/lib/sign-in/link-state';
import { readLink } from '@/lib/sign-in/links';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { type ReceivedMail, startMailbox, type TestMailbox } from '@/tests/mailbox';
import { HandlerBrowser } from '@/tests/next-request';
import { type OpenIdProvider, type ProviderResponse, settingsFor, startOpenIdProvider } from '@/tests/openid-provider';
import { addUser, NO_LISTENER, type Portal, startPortal } from '@/tests/portal';
import { GET, POST } from './[...nextauth]/route';

vi.mock('next/headers', () => import('@/tests/next-request'));
vi.mock('next-intl/server', () => import('@/tests/translations'));

const ORIGIN = 'http://localhost:3000';
const OWN = { origin: ORIGIN };
const SESSION_COOKIE = sessionCookieName(false);
const OPERATOR = 'operator@example.test';

let portal: Portal;
let mailbox: TestMailbox;
let provider: OpenIdProvider;
let browser: HandlerBrowser;

beforeAll(async () => {
  [mailbox, provider] = await Promise.all([startMailbox(), startOpenIdProvider()]);
  portal = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` }, undefined, {
    NEXTAUTH_URL: ORIGIN,
    ...settingsFor(provider),
    EMAIL_SERVER: mailbox.url,
    OPERATOR_EMAILS: OPERATOR,
  });
});
beforeEach(async () => {
  browser = new HandlerBrowser();
  await portal.empty();
  await portal.services.db.delete(rateLimits);
  mailbox.mails.length = 0;
});
afterAll(async () => {
  mailbox?.close();
  provider?.close();
  await portal?.close();
});

interface Sent {
  headers?: Record<string, string>;
  body?: BodyInit;
  from?: HandlerBrowser;
}

/** Asks a route of next-auth. */
function ask(method: string, path: string, { headers = {}, body, from = browser }: Sent = {}): Promise<Response> {
  const request = new NextRequest(new URL(path, ORIGIN), { method, headers, body });
  const nextauth = request.nextUrl.pathname.replace('/api/auth/', '').split('/');
  const handler = method === 'POST' ? POST : GET;
  return from.call(headers, () => handler(request, { params: Promise.resolve({ nextauth }) }));
}

/** "Send me a link". @returns where it leads, or what it says. */
async function askForLink(form: FormData | string, from = browser, callbackUrl = '/account/buy'): Promise<string> {
  const fields = typeof form === 'string' ? formOf({ email: form, callbackUrl }) : form;
  try {
    return JSON.stringify(await from.call(OWN, () => sendLink({}, fields)));
  } catch (error) {
    return (error as { digest?: string }).digest ?? String(error);
  }
}

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

/** The newest link to this address. */
function linkTo(email: string): URL {
  const mail = mailbox.mails.filter(({ to }) => to.includes(email)).at(-1);
  return new URL(/http\S+/.exec(mail?.text ?? '')?.[0] ?? '');
}

/** Presses the button of the link's page. */
function press(link: URL, { headers = OWN, from = browser }: Sent = {}): Promise<Response> {
  const body = formOf(Object.fromEntries(link.searchParams));
  return ask('POST', '/api/auth/callback/email', { headers, body, from });
}

/** As next-auth itself addresses a link, and as mails of earlier versions do. */
const oldAddress = (link: URL) => `/api/auth/callback/email${link.search}`;
const path = (response: Response) => (response.headers.get('location') ?? '').replace(ORIGIN, '');

/** What there is now. */
async function stored() {
  const { db } = portal.services;
  const tables = { sessions, users, links: verificationTokens, audit: auditEvents, counters: rateLimits };
  const counts = Object.entries(tables).map(async ([name, table]) => [name, await db.$count(table)]);
  return Object.fromEntries(await Promise.all(counts)) as Record<keyof typeof tables, number>;
}

/** The failed sign-ins in the audit log since this many lines. */
async function failures(since: number): Promise<AuditLine['facts'][]> {
  const limit = (await stored()).audit - since;
  const lines = limit > 0 ? await readAuditLog(portal.services, { limit }) : [];
  return lines.filter(({ event }) => event === 'authn_login_fail').map(({ facts }) => facts);
}

/** Moves the database's windows into the past, as an hour does, and closes them, as the reconciler does. */
async function anHourLater(): Promise<void> {
  await portal.services.db.update(rateLimits).set({ until: sql`${rateLimits.until} - interval '1 hour'` });
  await closeWindows(portal.services);
}

/** Signs in at the provider. */
async function signInByProvider(
  response: ProviderResponse = {},
  change = (_back: URL) => {},
  from = browser,
): Promise<Response> {
  const back = provider.respond(await startAtProvider(from), response);
  change(back);
  return ask('GET', back.pathname + back.search, { from });
}

async function startAtProvider(from = browser, callbackUrl = '/account/buy'): Promise<URL> {
  const request = new NextRequest(`${ORIGIN}/sign-in/oidc`, {
    method: 'POST',
    headers: OWN,
    body: formOf({ callbackUrl }),
  });
  const page = await (await from.call(OWN, () => startOidc(request))).text();
  return new URL(/href="(http[^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '');
}

describe('a link by e-mail [T18]', () => {
  test.each(['GET', 'HEAD'])(
    'opened by %s at next-auth’s address leads to the page and changes nothing',
    async (method) => {
      await askForLink('olena@example.test');
      const link = linkTo('olena@example.test');
      const before = await stored();
      const visits: Record<string, string>[] = [
        {},
        { 'sec-purpose': 'prefetch;prerender' },
        { 'sec-fetch-dest': 'image' },
        OWN,
      ];
      for (const headers of visits) {
        const scanner = new HandlerBrowser();
        const response = await ask(method, `${oldAddress(link)}&error=x&email=else@example.test&json=true`, {
          headers,
          from: scanner,
        });
        expect(response.status).toBe(303);
        const page = new URL(response.headers.get('location') ?? '');
        expect([page.origin, page.pathname]).toEqual([ORIGIN, '/sign-in/link']);
        expect(Object.fromEntries(page.searchParams)).toEqual(Object.fromEntries(link.searchParams));
        expect([...scanner.cookies]).toEqual([]);
      }
      expect(await stored()).toEqual(before);
      expect(path(await press(link))).toBe('/account/buy');
    },
  );

  test('signs in once, by a POST of our own origin, and leads to the requested page', async () => {
    await askForLink('olena@example.test');
    const link = linkTo('olena@example.test');
    expect(link.pathname).toBe('/sign-in/link');
    expect(path(await press(link))).toBe('/account/buy');
    expect(await stored()).toMatchObject({ sessions: 1, users: 1, links: 0 });
    expect(browser.cookies.has(SESSION_COOKIE)).toBe(true);
    const other = new HandlerBrowser();
    expect(path(await press(link, { from: other }))).toMatch(/^\/sign-in\/link\?(?!.*token)/);
    expect(other.cookies.has(SESSION_COOKIE)).toBe(false);
    expect(await stored()).toMatchObject({ sessions: 1 });
  });

  test.each<[string, Record<string, string>]>([
    ['no origin', {}],
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another port of this host', { origin: 'http://localhost:8080' }],
    ['another site by fetch metadata', { 'sec-fetch-site': 'cross-site' }],
  ])('is not used by a POST with %s', async (_, headers) => {
    await askForLink('olena@example.test');
    const link = linkTo('olena@example.test');
    expect((await press(link, { headers })).status).toBe(403);
    expect(await stored()).toMatchObject({ sessions: 0, links: 1 });
    expect(path(await press(link))).toBe('/account/buy');
  });

  test('with another person’s session: a visit ends nothing, the button ends it', async () => {
    for (const email of ['victim@example.test', 'attacker@example.test']) await askForLink(email);
    await press(linkTo('victim@example.test'));
    const victim = browser.cookies.get(SESSION_COOKIE);
    await ask('GET', oldAddress(linkTo('attacker@example.test')));
    expect(browser.cookies.get(SESSION_COOKIE)).toBe(victim);
    expect(await stored()).toMatchObject({ sessions: 1, users: 1 });
    await press(linkTo('attacker@example.test'));
    expect(browser.cookies.get(SESSION_COOKIE)).not.toBe(victim);
    expect(await stored()).toMatchObject({ sessions: 1, users: 2 });
  });

  test('a second click after the first has signed in leads to the same page', async () => {
    await askForLink('olena@example.test');
    const link = linkTo('olena@example.test');
    await press(link);
    expect(path(await press(link))).toBe('/account/buy');
    expect(await stored()).toMatchObject({ sessions: 1 });
  });

  test('ignores other fields of its form', async () => {
    const names = fc.constantFrom(
      'error',
      'json',
      'csrfToken',
      'token',
      'email',
      'callbackUrl',
      'nextauth',
      '__proto__',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, anyText), { maxLength: 6 }), async (more) => {
        await portal.services.db.delete(rateLimits);
        mailbox.mails.length = 0;
        const from = new HandlerBrowser();
        await askForLink('olena@example.test', from);
        const body = formOf(Object.fromEntries(linkTo('olena@example.test').searchParams));
        for (const [name, value] of more) body.append(name, value);
        const response = await ask('POST', '/api/auth/callback/email?error=x', { headers: OWN, body, from });
        expect([response.status, path(response)]).toEqual([302, '/account/buy']);
        expect(from.cookies.has(SESSION_COOKIE)).toBe(true);
      }),
      fuzzRuns(15),
    );
  });
});

describe('the page of a link', () => {
  const [OLENA, IVAN] = ['olena@example.test', 'ivan@example.test'];
  const look = (link: URL, from = browser) => from.call({}, () => linkState(readLink(link.searchParams, ORIGIN)));

  test('shows the masked address, warns of another browser and another session, and changes nothing', async () => {
    await askForLink(OLENA);
    const link = linkTo(OLENA);
    const elsewhere = new HandlerBrowser();
    await askForLink(IVAN, elsewhere);
    await press(linkTo(IVAN), { from: elsewhere });
    const before = await stored();
    const confirm = { kind: 'confirm', address: 'o•••@example.test' };
    expect(await look(link)).toEqual({ ...confirm, signedInAs: null, fromOtherBrowser: false });
    expect(await look(link, new HandlerBrowser())).toEqual({ ...confirm, signedInAs: null, fromOtherBrowser: true });
    expect(await look(link, elsewhere)).toEqual({
      ...confirm,
      signedInAs: 'i•••@example.test',
      fromOtherBrowser: true,
    });
    expect(await stored()).toEqual(before);
  });

  test('offers the account to a person who is already signed in as that address', async () => {
    for (const _ of [1, 2]) await askForLink(OLENA);
    const [first] = mailbox.mails;
    await press(linkTo(OLENA));
    const other = new URL(/http\S+/.exec(first?.text ?? '')?.[0] ?? '');
    expect(await look(other)).toEqual({ kind: 'signed-in', address: 'o•••@example.test', works: true });
    expect(await look(linkTo(OLENA))).toMatchObject({ kind: 'signed-in', works: false });
  });

  test('reports a used or expired link, and fills in the address only in the browser that requested it', async () => {
    await askForLink(OLENA);
    const since = (await stored()).audit;
    const made = new URL(linkTo(OLENA));
    made.searchParams.set('token', 'a'.repeat(64));
    for (let n = 0; n < 3; n += 1) expect(await look(made)).toEqual({ kind: 'over', email: OLENA });
    expect(await look(made, new HandlerBrowser())).toEqual({ kind: 'over', email: undefined });
    const others = new URL(linkTo(OLENA));
    others.searchParams.set('email', IVAN);
    expect(await look(others)).toEqual({ kind: 'over', email: undefined });
    expect(await failures(since)).toEqual([{ reason: 'LinkInvalid' }]);
  });

  test('shows something of the address for every address, and never all of it', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        const masked = maskEmail(email);
        const [local = '', domain] = email.split(/@(?=[^@]*$)/);
        expect(masked).toBe(`${local[0]}•••@${domain}`);
      }),
      fuzzRuns(),
    );
  });
});

describe('asking for a link [T19]', () => {
  const otherRoutes = ['email', 'oidc', '', 'email/x', 'credentials'];
  const email = 'olena@example.test';
  const bodies: [string, () => BodyInit, Record<string, string>][] = [
    ['a form', () => new URLSearchParams({ email, csrfToken: 'x' }), {}],
    ['a doubled field', () => new URLSearchParams(`email=a@example.test&email=${email}`), {}],
    ['fields with brackets', () => new URLSearchParams(`email[]=${email}&email[0]=${email}`), {}],
    ['multipart', () => formOf({ email }), {}],
    ['JSON', () => JSON.stringify({ email }), { 'content-type': 'application/json' }],
    ['a list in JSON', () => JSON.stringify({ email: [email, email] }), { 'content-type': 'application/json' }],
    ['text', () => `email=${email}`, { 'content-type': 'text/plain' }],
  ];
  test.each(bodies)('by next-auth’s own routes mails nothing: %s', async (_, body, headers) => {
    const before = await stored();
    // A pair that next-auth itself has made, should it still give one out.
    const csrf = await ask('GET', '/api/auth/csrf');
    const { csrfToken = 'x' } = (await csrf.json().catch(() => ({}))) as { csrfToken?: string };
    for (const route of otherRoutes) {
      const made = body();
      if (made instanceof URLSearchParams || made instanceof FormData) made.set('csrfToken', csrfToken);
      const sent =
        typeof made === 'string' && made.startsWith('{') ? made.replace('{', `{"csrfToken":"${csrfToken}",`) : made;
      const response = await ask('POST', `/api/auth/signin/${route}`, { headers: { ...OWN, ...headers }, body: sent });
      expect(response.status, route).toBe(404);
    }
    expect(mailbox.mails).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  test('the limit of a mailbox holds for every spelling and every form, and counts what is mailed [T19]', async () => {
    const boxes = ['olena@example.test', 'ivan@example.test'];
    const spelling = fc
      .tuple(fc.constantFrom(...boxes), fc.boolean(), fc.constantFrom('', ' ', '\t'))
      .map(([box, upper, blank]) => blank + (upper ? box.toUpperCase() : box) + blank);
    const form = fc.array(
      fc.oneof(
        spelling,
        anyText.map((text) => text.slice(0, 50)),
      ),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(form, { minLength: 14, maxLength: 20 }), async (forms) => {
        await portal.services.db.delete(rateLimits);
        mailbox.mails.length = 0;
        for (const addresses of forms) {
          const fields = new FormData();
          for (const address of addresses) fields.append('email', address);
          await askForLink(fields);
        }
        const { uses } = RATE_LIMITS['link-mailbox'];
        for (const box of boxes) expect(mailsTo(box).length).toBeLessThanOrEqual(uses);
        // One address a request, the first one.
        const meant = forms.filter(([first = '']) => boxes.includes(first.trim().toLowerCase()));
        for (const box of boxes) {
          const requested = meant.filter(([first = '']) => first.trim().toLowerCase() === box).length;
          expect(mailsTo(box).length).toBe(Math.min(requested, uses));
        }
      }),
      fuzzRuns(3),
    );
  });

  const mailsTo = (box: string): ReceivedMail[] => mailbox.mails.filter(({ to }) => to.includes(box));

  test('responds the same for every address: unknown, known, blocked, deleted, an operator’s [T19]', async () => {
    const { services } = portal;
    const [known, blocked, deleted] = await Promise.all([addUser(services), addUser(services), addUser(services)]);
    await blockUser(services, blocked.id);
    await deleteUser(services, deleted.id);
    // Makes the counter that all share.
    await askForLink('first@example.test');
    const responses: unknown[] = [];
    for (const address of ['unknown@example.test', known.email, blocked.email, deleted.email, OPERATOR]) {
      const from = new HandlerBrowser();
      const before = await stored();
      const response = await askForLink(address, from);
      const after = await stored();
      const change = Object.entries(after).map(([name, count]) => [name, count - before[name as keyof typeof before]]);
      const [mail] = mailsTo(address);
      const text = mail?.text.replace(/token=\w+/, '').replaceAll(encodeURIComponent(address), '');
      responses.push({ response, change, cookies: [...from.cookies.keys()], mails: mailsTo(address).length, text });
    }
    for (const response of responses) expect(response).toEqual(responses[0]);
    expect(responses[0]).toMatchObject({ response: expect.stringContaining('/sign-in/check-email'), mails: 1 });
  });

  test('of a blocked person: explains the block, creates no session and records it', async () => {
    const user = await addUser(portal.services);
    await blockUser(portal.services, user.id);
    const since = (await stored()).audit;
    await askForLink(user.email);
    expect(await failures(since)).toEqual([]);
    const response = await press(linkTo(user.email));
    expect(new URL(path(response), ORIGIN).searchParams.get('error')).toBe('Blocked');
    expect(browser.cookies.has(SESSION_COOKIE)).toBe(false);
    expect(await failures(since)).toEqual([{ reason: 'Blocked' }]);
  });
});

describe('failed sign-ins in the audit log', () => {
  test('by a made-up, a used and an expired link: one line, and later their number', async () => {
    const since = (await stored()).audit;
    await askForLink('olena@example.test');
    const used = linkTo('olena@example.test');
    await press(used);
    await askForLink('ivan@example.test');
    await portal.services.db.update(verificationTokens).set({ expiresAt: new Date(0) });
    const madeUp = new URL(used);
    madeUp.searchParams.set('token', 'a'.repeat(64));
    for (const link of [madeUp, used, linkTo('ivan@example.test'), madeUp, madeUp])
      await press(link, { from: new HandlerBrowser() });
    expect(await failures(since)).toEqual([{ reason: 'LinkInvalid' }]);
    await anHourLater();
    await press(madeUp, { from: new HandlerBrowser() });
    expect(await failures(since)).toEqual([
      { reason: 'LinkInvalid' },
      { reason: 'LinkInvalid', times: 4 },
      { reason: 'LinkInvalid' },
    ]);
  });

  test.each<[string, string, ProviderResponse, (back: URL) => void]>([
    ['that is forged', 'OAuthSetup', { token: { nonce: 'another' } }, () => {}],
    ['with another state', 'OAuthCallback', {}, (back) => back.searchParams.set('state', 'x')],
    ['that says no', 'OAuthCancelled', {}, (back) => back.searchParams.set('error', 'access_denied')],
  ])('by a response of the provider %s: one line', async (_, error, wrong, change) => {
    const since = (await stored()).audit;
    for (let n = 0; n < 3; n += 1) {
      const response = await signInByProvider(wrong, change, new HandlerBrowser());
      expect(path(response)).toBe(`/sign-in?callbackUrl=%2Faccount%2Fbuy&error=${error}`);
    }
    expect(await failures(since)).toEqual([{ reason: 'ProviderResponse' }]);
  });
});

test('a good response of the provider signs in, with any other parameters', async () => {
  const response = await signInByProvider({}, (back) => back.searchParams.set('callbackUrl', 'https://evil.example'));
  expect(browser.cookies.has(SESSION_COOKIE)).toBe(true);
  expect(path(response)).toBe('/account/buy');
});

describe('any request to next-auth', () => {
  const SERVED = [
    'GET session',
    'POST session',
    'GET signout',
    'POST signout',
    'GET callback/oidc',
    'POST callback/oidc',
    'GET callback/email',
    'POST callback/email',
  ];
  const actions = [
    '',
    'session',
    'signout',
    'signin',
    'callback',
    'csrf',
    'providers',
    'error',
    'verify-request',
    '_log',
    'constructor',
    '__proto__',
    'new-user',
  ];
  const ways = ['', '/email', '/oidc', '/__proto__', '/credentials', '/email/x'];
  const every = ['GET', 'POST'].flatMap((method) =>
    actions.flatMap((action) => ways.map((way) => [method, action + way] as const)),
  );

  test('does not serve the routes that the portal does not use', async () => {
    for (const [method, route] of every) {
      const from = new HandlerBrowser();
      const response = await ask(method, `/api/auth/${route}`, {
        headers: OWN,
        body: method === 'POST' ? 'x' : undefined,
        from,
      });
      const served = SERVED.includes(`${method} ${route}`);
      expect([`${method} ${route}`, response.status === 404]).toEqual([`${method} ${route}`, !served]);
      if (!served) expect([...from.cookies]).toEqual([]);
      expect(response.headers.get('cache-control'), route).toBe('no-store');
    }
  });

  test('no query, body or cookie makes it fail, redirect elsewhere or reveal accounts [T18]', async () => {
    const text = fc.oneof(anyText, fc.webUrl(), fc.constantFrom('garbage', '\r\nx: y', '//evil.example', ORIGIN));
    const field = fc.constantFrom(
      'callbackUrl',
      'error',
      'token',
      'email',
      'csrfToken',
      'json',
      'code',
      'state',
      'nextauth',
    );
    const cookie = fc.constantFrom(...['next-auth.callback-url', 'next-auth.csrf-token', 'sign-in-attempt.x-garbage']);
    const property = fc.asyncProperty(
      fc.constantFrom(...every),
      fc.array(fc.tuple(field, text), { maxLength: 4 }),
      fc.array(fc.tuple(cookie, text), { maxLength: 2 }),
      fc.boolean(),
      async ([method, route], fields, planted, json) => {
        const from = new HandlerBrowser();
        for (const [name, value] of planted) from.cookies.set(name, value);
        const query = new URLSearchParams(fields.map(([name, value]) => [name, value]));
        const body = json ? JSON.stringify(Object.fromEntries(fields)) : query;
        const headers = { ...OWN, ...(json && { 'content-type': 'application/json' }) };
        const sent = method === 'POST' ? { headers, body, from } : { headers, from };
        const response = await ask(method, `/api/auth/${route}?${query}`.slice(0, 8000), sent);
        expect(response.status).toBeLessThan(500);
        expect(response.headers.get('cache-control')).toBe('no-store');
        const location = response.headers.get('location');
        if (location) expect(new URL(location, ORIGIN).origin).toBe(ORIGIN);
        // The provider's form is led on to the same address, without a page of ours in between.
        const onward = `${ORIGIN}/api/auth/callback/oidc?`;
        if (location && !(method === 'POST' && location.startsWith(onward)))
          expect(location).not.toContain('/api/auth/');
        expect(from.cookies.has(SESSION_COOKIE)).toBe(false);
      },
    );
    await portal.services.db.delete(rateLimits);
    await fc.assert(property, fuzzRuns(150));
    expect(await stored()).toMatchObject({ sessions: 0, users: 0, links: 0 });
  });

  test('signs in despite an invalid callback URL in a cookie or form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyText, fc.webUrl(), fc.constant('garbage')), async (text) => {
        await portal.services.db.delete(rateLimits);
        const from = new HandlerBrowser();
        from.cookies.set('next-auth.callback-url', text);
        await askForLink('olena@example.test', from, text);
        const response = await press(linkTo('olena@example.test'), { from });
        expect(from.cookies.has(SESSION_COOKIE)).toBe(true);
        expect(new URL(path(response), ORIGIN).origin).toBe(ORIGIN);
        const byProvider = new HandlerBrowser();
        byProvider.cookies.set('next-auth.callback-url', text);
        expect((await startAtProvider(byProvider, text)).origin).toBe(provider.issuer);
      }),
      fuzzRuns(20),
    );
  });
});
