import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createIdentityProvider } from './provider';

const CLIENT = { clientId: 'partner-portal', clientSecret: 'a secret with: odd/characters' };
const PORTAL = 'http://portal.example';
const REDIRECT_URI = `${PORTAL}/api/auth/callback/oidc`;

let server: Server;
let issuer: string;

// The issuer contains the port, so listen before creating the provider.
beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { server: provider } = createIdentityProvider({
    issuer,
    ...CLIENT,
    portalUrls: ['http://other.example', PORTAL],
  });
  server.on('request', (req, res) => provider.emit('request', req, res));
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('signing in', () => {
  it('gives an id_token for the nonce and all claims of a verified customer from userinfo', async () => {
    const browser = createBrowser();
    const request = await startSignIn(browser, { nonce: 'a-nonce' });
    const tokens = await redeem(await choose(browser, request, { sub: 'olena-kovalenko' }), request.verifier);
    const { payload } = await jwtVerify(tokens.id_token, createRemoteJWKSet(new URL(`${issuer}/jwks`)), {
      issuer,
      audience: CLIENT.clientId,
    });

    expect(payload).toMatchObject({ sub: 'olena-kovalenko', nonce: 'a-nonce' });
    expect(payload).not.toHaveProperty('email');
    expect(await userinfo(tokens.access_token)).toEqual({
      sub: 'olena-kovalenko',
      name: 'Olena Kovalenko',
      given_name: 'Olena',
      family_name: 'Kovalenko',
      email: 'olena.kovalenko@example.com',
      email_verified: true,
      phone_number: '+380671234567',
      address: { country: 'UA', formatted: '12 Khreshchatyk St, Kyiv 01001' },
      locale: 'uk',
    });
  });

  it('returns email_verified false for an unverified e-mail', async () => {
    expect(await claimsOf('taras-shevchenko')).toMatchObject({
      email: 'taras.shevchenko@example.com',
      email_verified: false,
    });
  });

  it('omits claims that a customer has not given', async () => {
    const claims = await claimsOf('maksym-bondar');
    expect(claims).toMatchObject({ name: 'Maksym Bondar', email_verified: true });
    expect(claims).not.toHaveProperty('phone_number');
    expect(claims).not.toHaveProperty('address');
  });

  it('knows generated customers up to sample-9999, and no others', async () => {
    expect(await claimsOf('sample-9999')).toMatchObject({
      email: 'customer9999@example.com',
      name: 'Customer Number9999',
      phone_number: '+380500009999',
      address: { country: 'UA' },
    });
    for (const sub of ['sample-0', 'sample-10000', 'sample-01', 'nobody', '']) {
      const browser = createBrowser();
      const { page } = await startSignIn(browser);
      expect((await browser(page, { sub })).status).toBe(400);
    }
  });

  it('asks no more in a browser that has signed in, and signs another customer in when it must ask', async () => {
    const browser = createBrowser();
    const first = await startSignIn(browser);
    await choose(browser, first, { sub: 'olena-kovalenko' });
    const response = await browser(authorisationUrl({ max_age: '3600' }).url);
    expect(new URL(response.headers.get('location') ?? '').searchParams.has('code')).toBe(true);
    const second = await startSignIn(browser, { prompt: 'login' });
    const tokens = await redeem(await choose(browser, second, { sub: 'giulia-rossi' }), second.verifier);
    expect(await userinfo(tokens.access_token)).toMatchObject({ sub: 'giulia-rossi', locale: 'it' });
  });

  it('accepts prompt=login, and answers prompt=none with login_required', async () => {
    await startSignIn(createBrowser(), { prompt: 'login' });
    const { url } = authorisationUrl({ prompt: 'none' });
    const response = await createBrowser()(url);
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });
});

describe('a second press of the same button', () => {
  afterEach(() => vi.useRealTimers());

  it('is sent where the first was, whether the first was followed or not', async () => {
    const browser = createBrowser();
    const request = await startSignIn(browser);
    const early = await Promise.all([1, 2].map(() => browser(request.page, { sub: 'olena-kovalenko' })));
    expect(early.map(({ status }) => status)).toEqual([303, 303]);
    const followed = await choose(browser, request, { sub: 'olena-kovalenko' });
    const late = await browser(request.page, { sub: 'olena-kovalenko' });
    const resumed = await browser(early[0]?.headers.get('location') ?? '');
    for (const { headers } of [late, resumed])
      expect(new URL(headers.get('location') ?? '').searchParams.get('code')).toBe(followed.get('code'));
    await redeem(followed, request.verifier);
  });

  it('has an end: the sign-in has expired seconds later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const browser = createBrowser();
    const request = await startSignIn(browser);
    await choose(browser, request, { sub: 'olena-kovalenko' });
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await browser(request.page, { sub: 'olena-kovalenko' })).status).toBe(400);
  });
});

describe('refusals', () => {
  it('sends access_denied and the state back after "Cancel"', async () => {
    const browser = createBrowser();
    const response = await choose(browser, await startSignIn(browser, { state: 'a-state' }), { cancel: 'yes' });
    expect(response.get('error')).toBe('access_denied');
    expect(response.get('state')).toBe('a-state');
    expect(response.has('code')).toBe(false);
  });

  it('refuses a code without its PKCE verifier, and a code used twice', async () => {
    const browser = createBrowser();
    const request = await startSignIn(browser);
    const response = await choose(browser, request, { sub: 'olena-kovalenko' });
    await expect(redeem(response, randomBytes(32).toString('base64url'))).rejects.toThrow('invalid_grant');

    const again = await startSignIn(browser, { prompt: 'login' });
    const fresh = await choose(browser, again, { sub: 'olena-kovalenko' });
    await redeem(fresh, again.verifier);
    await expect(redeem(fresh, again.verifier)).rejects.toThrow('invalid_grant');
  });

  it.each([
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['a foreign redirect URI', { redirect_uri: 'http://evil.example/api/auth/callback/oidc' }],
    ['a foreign client', { client_id: 'somebody' }],
  ])('shows no sign-in page to a request with %s', async (_what, parameters) => {
    const response = await createBrowser()(authorisationUrl(parameters).url);
    expect(response.headers.get('location') ?? '').not.toContain('/interaction/');
  });

  it('shows an error page when the sign-in is unknown or has ended', async () => {
    const response = await createBrowser()(`${issuer}/interaction/unknown`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('This sign-in has expired');
  });
});

describe('the page', () => {
  it('lists every sample customer by name, under a strict content policy that allows the redirect back', async () => {
    const browser = createBrowser();
    const response = await browser((await startSignIn(browser)).page);
    const html = await response.text();
    for (const name of ['Olena Kovalenko', 'Maksym Bondar', 'Giulia Rossi', 'Taras Shevchenko', 'Oksana Melnyk']) {
      expect(html).toContain(name);
    }
    expect(html).not.toContain('<script');
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('form-action');
  });
});

type Browser = (url: string, fields?: Record<string, string>) => Promise<Response>;

/** Keeps cookies by name, ignores their paths, and follows no redirect. */
function createBrowser(): Browser {
  const cookies = new Map<string, string>();
  return async (url, fields) => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name && value) cookies.set(name, value);
      else if (name) cookies.delete(name);
    }
    return response;
  };
}

function authorisationUrl(parameters: Record<string, string> = {}): { url: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: CLIENT.clientId,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid email profile phone address',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  });
  return { url: `${issuer}/auth?${query}`, verifier };
}

async function startSignIn(browser: Browser, parameters?: Record<string, string>) {
  const { url, verifier } = authorisationUrl(parameters);
  const location = (await browser(url)).headers.get('location') ?? '';
  expect(location).toContain('/interaction/');
  return { page: new URL(location, issuer).href, verifier };
}

/** Submits a choice on the page. @returns the parameters of the redirect to the portal. */
async function choose(browser: Browser, { page }: { page: string }, fields: Record<string, string>) {
  const submitted = await browser(page, fields);
  expect(submitted.status).toBe(303);
  const back = await browser(new URL(submitted.headers.get('location') ?? '', issuer).href);
  const location = back.headers.get('location') ?? '';
  expect(location.split('?')[0]).toBe(REDIRECT_URI);
  return new URL(location).searchParams;
}

async function redeem(
  redirect: URLSearchParams,
  verifier: string,
): Promise<{ id_token: string; access_token: string }> {
  const credentials = [CLIENT.clientId, CLIENT.clientSecret].map(encodeURIComponent).join(':');
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: redirect.get('code') ?? '',
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
    }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

async function userinfo(accessToken: string): Promise<unknown> {
  const response = await fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${accessToken}` } });
  return response.json();
}

async function claimsOf(sub: string): Promise<unknown> {
  const browser = createBrowser();
  const request = await startSignIn(browser);
  const tokens = await redeem(await choose(browser, request, { sub }), request.verifier);
  return userinfo(tokens.access_token);
}
