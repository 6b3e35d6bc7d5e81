// Request filtering before any route: hosts, methods, sizes, malformed bodies, and the headers of every response.
// ASVS 5.0: 1.3.6 3.4.2 3.4.3 3.4.4 3.4.5 3.4.6 4.1.1 4.1.3 4.2.1 11.5.1 13.2.4 13.4.1 13.4.2 13.4.3 13.4.4 14.2.2
// ASVS 5.0: 14.3.2 16.3.3
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { type APIResponse, expect, test } from '@playwright/test';
import { CspEvaluator } from 'csp_evaluator/dist/evaluator.js';
import { CspParser } from 'csp_evaluator/dist/parser.js';
import { builtRoutes } from './build';
import { signIn } from './portal';
import { runReferencePortal } from './reference-portal';
import { person } from './sandbox';
import { logFile, PORTAL, REFERENCE_KUNACORE, SANDBOX } from './stack';

/** The portal's own origin, as a browser sends it. */
const HOST_LINE = `Host: ${new URL(PORTAL.origin).host}`;
const own = { origin: PORTAL.origin };

/** Sends a request as raw text, which client libraries would not send. @returns the raw response. */
function raw(lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(PORTAL.port, 'localhost', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    let response = '';
    socket.on('data', (chunk) => (response += chunk));
    socket.on('end', () => resolve(response));
    socket.on('error', reject);
  });
}

/** Returns the lines of a portal's log so far. */
const logged = (portal = 'portal') =>
  readFileSync(logFile(portal), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const rawStatus = async (request: string, ...headers: string[]) =>
  Number((await raw([request, HOST_LINE, 'Connection: close', ...headers])).split(' ')[1]);

/** Every address of the build, with its parameters filled in. */
function routes(): string[] {
  const id = '00000000-0000-4000-8000-000000000000';
  return builtRoutes().map((route) =>
    route
      .replace('[...nextauth]', 'session')
      .replace('[id]', id)
      .replace('[reason]', 'method')
      .replace('[file]', 'icon-32.png'),
  );
}

test('every response carries the security headers and a number: pages, files, redirects, failures [T6]', async ({
  request,
}) => {
  const script = readdirSync('.next/static/chunks').find((name) => name.endsWith('.js'));
  const paths = [
    ...routes(),
    `/_next/static/chunks/${script}`,
    '/_next/static/nothing.js',
    '/_next/image?url=%2Fx&w=64&q=75',
    '/favicon.ico',
    '/offline.js',
    '/nowhere',
    '/%E0%A4%A',
    '/account/',
  ];
  expect(paths.length).toBeGreaterThan(25);
  const seen = new Set<string>();
  for (const path of paths) {
    const response = await request.get(path, { maxRedirects: 0 });
    const headers = response.headers();
    const context = JSON.stringify({ path, headers });
    await expectType(response, context);
    const ownFrame = path === '/account/buy/frame';
    expect(headers['content-security-policy'], context).toContain(`frame-ancestors ${ownFrame ? "'self'" : "'none'"}`);
    expect(headers['x-frame-options'], context).toBe(ownFrame ? 'SAMEORIGIN' : 'DENY');
    expect(headers['x-content-type-options'], context).toBe('nosniff');
    const holdsSecret = path === '/sign-in/link';
    const referrers = holdsSecret ? 'strict-origin' : 'strict-origin-when-cross-origin';
    expect(headers['referrer-policy'], context).toBe(referrers);
    expect(headers['cross-origin-opener-policy'], context).toBe('same-origin-allow-popups');
    expect(headers['cross-origin-resource-policy'], context).toBe('same-origin');
    expect(headers['permissions-policy'], context).toContain('geolocation=()');
    expect(headers['x-powered-by'], context).toBeUndefined();
    expect(headers.server, context).toBeUndefined();
    expect(headers['access-control-allow-origin'], context).toBeUndefined();
    expect(headers['x-request-id'], context).toMatch(/^[\da-f-]{36}$/);
    seen.add(headers['x-request-id'] ?? '');
  }
  expect(seen.size).toBe(paths.length);
});

/** Asserts that a body has a content type, and text a charset (ASVS 5.0 4.1.1). */
async function expectType(response: APIResponse, context: string): Promise<void> {
  // Browsers do not show the body of a redirect, which Next writes.
  const redirects = response.status() >= 300 && response.status() < 400;
  if (redirects || (await response.body()).length === 0) return;
  const type = response.headers()['content-type'] ?? '';
  expect(type, context).toMatch(/^[a-z]+\/[\w.+-]+/);
  if (/^text\/|xml/.test(type)) expect(type, context).toMatch(/; charset=utf-8$/i);
}

test('the content security policy of a page has a fresh nonce and no weakness', async ({ request }) => {
  const nonces = new Set<string>();
  for (const path of ['/', '/', '/sign-in', '/widget', '/nowhere']) {
    const policy = (await request.get(path)).headers()['content-security-policy'] ?? '';
    const nonce = /script-src 'nonce-([^']+)' 'strict-dynamic' 'sha256-[^']+';/.exec(policy)?.[1] ?? '';
    expect(Buffer.from(nonce, 'base64'), policy).toHaveLength(16);
    nonces.add(nonce);
    expect(policy).not.toContain('unsafe-');
    for (const closed of ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      expect(policy).toContain(closed);
    // The sandbox uses http, which the evaluator rightly reports; Kuna's widget and banks use https.
    const asLive = policy
      .replaceAll(SANDBOX.widget, 'https://widget.kuna.example')
      .replaceAll(SANDBOX.bank, 'https://bank.example');
    const findings = new CspEvaluator(new CspParser(asLive).csp).evaluate();
    expect(findings.map(({ directive, description }) => `${directive}: ${description}`)).toEqual([]);
  }
  expect(nonces.size).toBe(5);
});

test('no source file, build file or development endpoint is served [T39]', async ({ request }) => {
  const hidden = [
    ...['/.git/HEAD', '/.git/config', '/.env', '/.env.example', '/.data', '/package.json', '/package-lock.json'],
    ...['/lib/config/config.ts', '/.next/BUILD_ID', '/.next/server/server-reference-manifest.json', '/tsconfig.json'],
    ...['/_next/static', '/_next/static/chunks', '/_next', '/brand', '/api', '/api/account', '/public'],
    ...['/__nextjs_original-stack-frames', '/_next/webpack-hmr', '/__nextjs_source-map', '/_next/mcp'],
    ...['/api/auth/_log', '/__control/calls', '/admin', '/debug', '/metrics', '/graphql'],
  ];
  for (const path of [...hidden, '/%2egit/HEAD', '/%2e%2e/package.json', '/..%2fpackage.json', '/brand/..%2f.env']) {
    const response = await request.get(path);
    expect(response.status(), path).toBe(404);
    expect(await response.text(), path).not.toMatch(
      /NEXTAUTH_SECRET|"dependencies"|refs\/heads|\.js"?>|\bat .+:\d+:\d+/,
    );
  }
});

test('a request with an ambiguous body length is refused', async () => {
  const post = (...headers: string[]) => rawStatus('POST /sign-out HTTP/1.1', `Origin: ${PORTAL.origin}`, ...headers);
  expect(await post('Transfer-Encoding: chunked', 'Content-Length: 5')).toBe(400);
  expect(await post('Content-Length: 0', 'Content-Length: 5')).toBe(400);
  expect(await post('Content-Length: +5')).toBe(400);
  expect(await post('Transfer-Encoding: chunked, identity')).toBe(400);
  expect(await post('Transfer-Encoding : chunked')).toBe(400);
});

test('no cache keeps what a signed-in person sees, a response that sets a cookie, or anything of next-auth [T30]', async ({
  page,
}) => {
  await signIn(page, person(58).sub);
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const nextAuth = ['session', 'signout', 'callback/oidc', 'callback/email', 'callback', 'signin', 'signin/email'];
  const unused = ['csrf', 'providers', 'error', 'verify-request', '_log', 'nothing'];
  const paths = [...routes(), ...[...nextAuth, ...unused].map((route) => `/api/auth/${route}`), '/api/auth'];
  const isOwn = (path: string) => /^\/(account|operator|api\/account|api\/auth)(\/|\.|$)/.test(path);
  expect(paths.filter(isOwn).length).toBeGreaterThan(20);
  let withCookie = 0;
  // Addresses that end the session come last.
  const methods = ['GET', 'HEAD', 'POST'] as const;
  const ends = (path: string) => /sign-?out|delete/.test(path);
  const ordered = [...paths].sort((a, b) => Number(ends(a)) - Number(ends(b)));
  for (const sent of [{}, { cookie }] as Record<string, string>[])
    for (const method of methods)
      for (const path of ordered) {
        const headers = { ...sent, origin: PORTAL.origin };
        const body = method === 'POST' ? new URLSearchParams({ language: 'en', token: 'x' }) : undefined;
        const response = await fetch(PORTAL.origin + path, { method, headers, body, redirect: 'manual' });
        await response.arrayBuffer();
        const setsCookie = response.headers.getSetCookie().length > 0;
        if (setsCookie) withCookie += 1;
        if (setsCookie || isOwn(path))
          expect(response.headers.get('cache-control') ?? '', `${method} ${path} ${response.status}`).toContain(
            'no-store',
          );
      }
  expect(withCookie).toBeGreaterThan(4);
  const signedOut = await page.request.post('/sign-out', { headers: { origin: PORTAL.origin }, maxRedirects: 0 });
  expect(signedOut.headers()['clear-site-data']).toBe('"cache", "storage"');
});

test('no page of the account is kept by any cache; unknown addresses beneath one are not found [T30]', async ({
  request,
}) => {
  for (const path of ['/account', '/account/buy', '/account/details', '/api/account/status', '/operator'])
    expect((await request.get(path, { maxRedirects: 0 })).headers()['cache-control'], path).toMatch(/no-store|private/);
  for (const path of [
    '/account/x.css',
    '/account;.js',
    '/account%2f..%2fa.css',
    '/account/buy/frame.css',
    '/account.rsc',
  ])
    expect([307, 404], path).toContain((await request.get(path, { maxRedirects: 0 })).status());
});

test('another host is not served, and no response repeats what a request says of the host [T28]', async () => {
  expect(await raw(['GET / HTTP/1.1', 'Host: evil.test', 'Connection: close'])).toMatch(/^HTTP\/1.1 421 /);
  expect(await raw(['GET /api/health/live HTTP/1.1', 'Host: 10.0.0.7', 'Connection: close'])).toMatch(
    /^HTTP\/1.1 200 /,
  );
  const forwarded = ['X-Forwarded-Host: evil.test', 'X-Forwarded-Proto: https', 'Forwarded: host=evil.test'];
  for (const path of ['/api/auth/session', '/account', '/', '/api/auth/callback/email', '/sign-in']) {
    const response = await raw([`GET ${path} HTTP/1.1`, HOST_LINE, 'Connection: close', ...forwarded]);
    expect(response.slice(0, 200), path).toMatch(/^HTTP\/1.1 (200|30\d) /);
    expect(response, path).not.toContain('evil.test');
  }
  const doubled = await raw(['GET //evil.test HTTP/1.1', HOST_LINE, 'Connection: close']);
  expect(doubled).toMatch(/^location: \/evil.test\r$/im);
});

test('an address that is refused is not redirected first, and no response repeats a foreign host [T28]', async () => {
  const targets = ['/sign-in/', '//evil.test/', '/account//x', '/_next/static/x.js', '/x\\evil.test', '/sign-in'];
  for (const target of targets) {
    const foreign = await raw([`GET ${target} HTTP/1.1`, 'Host: evil.test', 'Connection: close']);
    expect(foreign, target).toMatch(target.includes('\\') ? /^HTTP\/1.1 400 / : /^HTTP\/1.1 421 /);
    expect(foreign, target).not.toContain('evil.test');
    const absolute = await raw([`GET http://evil.test${target} HTTP/1.1`, HOST_LINE, 'Connection: close']);
    expect(absolute, target).toMatch(target.includes('\\') ? /^HTTP\/1.1 400 / : /^HTTP\/1.1 421 /);
    expect(absolute, target).not.toContain('evil.test');
  }
  for (const target of ['*', 'evil.test:80', 'ftp://evil.test/', 'sign-in', '/sign-in#evil.test'])
    expect(await rawStatus(`GET ${target} HTTP/1.1`), target).toBe(400);
  expect(await rawStatus('GET /sign-in HTTP/1.1', 'Host: evil.test')).toBe(400);
  const own = await raw([`GET ${PORTAL.origin}/sign-in HTTP/1.1`, 'Host: evil.test', 'Connection: close']);
  expect(own).toMatch(/^HTTP\/1.1 200 /);
  expect(own).not.toContain('evil.test');
});

test('the portal accepts every equivalent spelling of its host, and redirects one with a final dot', async () => {
  for (const host of [`LOCALHOST:${PORTAL.port}`, `LocalHost:0${PORTAL.port}`])
    expect(await raw(['GET /sign-in HTTP/1.1', `Host: ${host}`, 'Connection: close']), host).toMatch(/^HTTP\/1.1 200 /);
  const dotted = await raw(['GET /sign-in?x=1 HTTP/1.1', `Host: localhost.:${PORTAL.port}`, 'Connection: close']);
  expect(dotted).toMatch(/^HTTP\/1.1 307 /);
  expect(dotted).toContain(`location: ${PORTAL.origin}/sign-in?x=1\r\n`);
});

test('a form of ours works in a browser that hides its origin; a sandboxed frame’s does not [T11]', async ({
  page,
}) => {
  const post = (path: string, site: string, data: Record<string, string>) =>
    page.request.post(path, { headers: { origin: 'null', 'sec-fetch-site': site }, multipart: data, maxRedirects: 0 });
  expect((await post('/preferences', 'same-origin', { language: 'en' })).status()).toBe(303);
  // A server action, whose origin Next checks as well.
  await page.goto('/sign-in');
  const fields = await page.locator('form:has(input[name=email])').evaluate((form) => {
    const hidden = form.querySelectorAll<HTMLInputElement>('input[type=hidden]');
    return Object.fromEntries([...hidden].map(({ name, value }) => [name, value]));
  });
  const sent = await post('/sign-in', 'same-origin', { ...fields, email: 'not-an-address' });
  expect(sent.status()).toBe(200);
  expect(await sent.text()).toContain('not-an-address');
  for (const path of ['/preferences', '/sign-in', '/sign-out'])
    for (const site of ['cross-site', 'same-site', 'none'])
      expect((await post(path, site, fields)).status(), `${path} ${site}`).toBe(403);
});

test('another name of this machine leads to the configured one, and nothing else does [T28]', async () => {
  const { port } = PORTAL;
  for (const host of [`127.0.0.1:${port}`, `[::1]:${port}`]) {
    for (const path of ['/', '/account?x=1', '/sign-in', '/nowhere', '/widget']) {
      const response = await raw([`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close']);
      expect(response, `${host}${path}`).toMatch(/^HTTP\/1.1 307 /);
      expect(response.toLowerCase(), `${host}${path}`).toContain(`\r\nlocation: ${PORTAL.origin}${path}\r\n`);
    }
    const form = ['POST /sign-out HTTP/1.1', `Host: ${host}`, `Origin: http://${host}`, 'Content-Length: 0'];
    expect(await raw([...form, 'Connection: close'])).toMatch(/^HTTP\/1.1 403 /);
  }
});

test('an unsupported method gets 405, never a server error', async () => {
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])
    for (const path of ['/', '/account', '/sign-out', '/api/auth/session', '/api/health/live'])
      expect(await rawStatus(`${method} ${path} HTTP/1.1`, `Origin: ${PORTAL.origin}`), `${method} ${path}`).toBe(405);
  expect(await rawStatus('POST /api/health/live HTTP/1.1', `Origin: ${PORTAL.origin}`, 'Content-Length: 0')).toBe(405);
});

test('an oversized, chunked or malformed body is refused with its own status, never a server error [T32]', async ({
  request,
}) => {
  const send = (path: string, data: string, headers: Record<string, string>) =>
    request.post(path, { data: Buffer.from(data), headers: { ...own, ...headers }, maxRedirects: 0 });
  expect((await send('/account', 'x'.repeat(70_000), {})).status()).toBe(413);
  const action = { 'next-action': 'a'.repeat(42), 'content-type': 'text/plain' };
  expect([404, 409]).toContain((await send('/account', '[]', action)).status());
  expect((await send('/account', '[]', { ...action, 'next-action': 'x' })).status()).toBe(400);
  const damaged = { 'content-type': 'multipart/form-data; boundary=x' };
  for (const path of ['/account', '/sign-out', '/sign-in/oidc', '/preferences', '/account/delete'])
    expect((await send(path, 'garbage', damaged)).status(), path).toBe(400);
  expect((await send('/api/auth/callback/email', '{', { 'content-type': 'application/json' })).status()).toBe(400);
  const chunked = ['Transfer-Encoding: chunked', '', '0'];
  expect(await rawStatus('POST /account HTTP/1.1', `Origin: ${PORTAL.origin}`, ...chunked)).toBe(411);
  expect(await rawStatus('GET / HTTP/1.1', `User-Agent: ${'x'.repeat(15_000)}`)).toBe(200);
});

test('other applications’ cookies do no harm up to 64 KiB, and a page says what to do beyond', async () => {
  const requestWithCookie = (bytes: number, ...headers: string[]) =>
    raw(['GET /sign-in HTTP/1.1', HOST_LINE, 'Connection: close', ...headers, `Cookie: a=${'x'.repeat(bytes)}`]);
  for (const bytes of [17_000, 40_000, 64_000])
    expect(await requestWithCookie(bytes), `${bytes}`).toMatch(/^HTTP\/1.1 200 /);
  const ukrainian = await requestWithCookie(70_000, 'Accept-Language: uk');
  expect(ukrainian).toMatch(/^HTTP\/1.1 431 /);
  expect(ukrainian).toContain('Видаліть файли cookie цього сайту');
  expect(ukrainian).not.toContain('Delete this site');
  // Too long to read, so the language is unknown.
  for (const bytes of [140_000, 400_000]) {
    const response = await requestWithCookie(bytes, 'Accept-Language: uk');
    expect(response).toMatch(/^HTTP\/1.1 431 /);
    expect(response).toMatch(/^x-request-id: [\da-f-]{36}\r$/m);
    for (const text of ['Видаліть файли cookie цього сайту', 'Delete this site’s cookies'])
      expect(response).toContain(text);
  }
  await expect.poll(() => logged().filter(({ code }) => code === 'HPE_HEADER_OVERFLOW').length).toBe(1);
});

test.describe('on another portal, which has not reached its log limit of ten lines a minute', () => {
  runReferencePortal();

  test('a refused request gets a page in the person’s language, with the request number', async ({ request }) => {
    const address = `${REFERENCE_KUNACORE.portal.origin}/sign-out`;
    const refused = await request.post(address, { headers: { 'accept-language': 'uk' } });
    expect(refused.status()).toBe(403);
    const page = await refused.text();
    expect(page).toContain('Ми зупинили це заради вашої безпеки');
    expect(page).toContain(`>${(refused.headers()['x-request-id'] ?? '').slice(0, 8)}<`);
    const line = () =>
      logged('reference-portal').find(({ requestId }) => requestId === refused.headers()['x-request-id']) ?? {};
    const expected = { event: 'request_refused', reason: 'cross-site', method: 'POST', path: '/sign-out' };
    await expect.poll(line).toMatchObject(expected);
  });
});

test('internal headers of the framework, sent by a client, change nothing (CVE-2025-29927 and its successors) [T17]', async ({
  request,
}) => {
  const orders = {
    'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy',
    'x-middleware-rewrite': '/account',
    'x-middleware-next': '1',
    'x-matched-path': '/account',
    'x-invoke-path': '/account',
    'x-now-route-matches': '1',
    'x-nextjs-data': '1',
    'x-action-forwarded': '1',
    'next-resume': '1',
    'content-security-policy': "script-src 'nonce-evil'",
    'x-nonce': 'evil',
    'x-shown-page': '/unavailable',
  };
  const shapes: Record<string, string>[] = [
    {},
    { rsc: '1' },
    { rsc: '1', 'next-router-prefetch': '1' },
    { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' },
  ];
  const addresses = [
    '/account',
    '/account/details',
    '/Account',
    '/account/',
    '/account?_rsc=x',
    '/%61ccount',
    '/operator',
    '/operator/audit',
  ];
  for (const path of addresses)
    for (const shape of shapes) {
      const response = await request.get(path, { headers: { ...orders, ...shape }, maxRedirects: 0 });
      const text = await response.text();
      expect([307, 308, 404], `${path} ${JSON.stringify(shape)}`).toContain(response.status());
      expect(text, path).not.toContain('Signed in as');
      expect(response.headers()['content-security-policy'], path).not.toContain('evil');
      expect(text, path).not.toContain('nonce="evil"');
    }
});

test('a request to switch protocols reaches no other host (CVE-2026-44578) [T26]', async () => {
  const response = await raw([
    `GET ${SANDBOX.api}/__control/calls HTTP/1.1`,
    HOST_LINE,
    'Upgrade: websocket',
    'Connection: Upgrade, close',
  ]);
  expect(response).not.toContain('"path"');
  expect(response).not.toMatch(/^HTTP\/1.1 (101|200|5)/);
});

test('malformed credentials cause no server error [T14]', async ({ request }) => {
  for (const authorization of ['Bearer %E0%A4%A', 'Bearer x.y.z', 'Basic !!!'])
    expect((await request.get('/api/auth/session', { headers: { authorization } })).status()).toBe(200);
  for (const cookie of [
    'next-auth.session-token=%E0%A4%A',
    'next-auth.session-token.0=a; next-auth.session-token.1=b',
    'next-auth.csrf-token=x',
    'preferences=%%%',
    `buy-pressed=${'x'.repeat(3000)}`,
  ])
    expect((await request.get('/account', { headers: { cookie }, maxRedirects: 0 })).status(), cookie).toBe(307);
});

test('a content security policy violation is reported to the portal, and logged once', async ({ request }) => {
  const page = await request.get('/');
  expect(page.headers()['reporting-endpoints']).toBe('csp="/api/csp-report"');
  expect(page.headers()['content-security-policy']).toContain('report-uri /api/csp-report; report-to csp');
  const body = {
    effectiveDirective: 'img-src',
    blockedURL: 'https://blocked.example/x?token=1',
    documentURL: page.url(),
  };
  for (let n = 0; n < 3; n += 1) {
    const report = await request.post('/api/csp-report', { data: [{ type: 'csp-violation', body }] });
    expect(report.status()).toBe(204);
  }
  const events = logged().filter(({ blocked }) => String(blocked).includes('https://blocked.example'));
  expect(events).toMatchObject([{ event: 'csp_violation', directive: 'img-src', page: '/' }]);
});
