// Refused starts, and a portal without its database.
// ASVS 5.0: 3.3.1 3.3.2 3.3.3 3.4.1 12.2.1 13.2.3 15.2.3 16.3.4 16.5.1
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { providerName } from './institution';
import { mailTo } from './sandbox';
import { dataDirectory, portalEnvironment, SPARE_PORTAL } from './stack';

const children: ChildProcess[] = [];

function startPortal(
  change: Record<string, string>,
  port = SPARE_PORTAL.port,
): { child: ChildProcess; output: () => string } {
  const env = { ...process.env, ...portalEnvironment('spare-portal'), ...change };
  const child = spawn('node_modules/.bin/next', ['start', '--port', String(port)], { env });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  return { child, output: () => output };
}

function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', resolve));
}

test.beforeEach(() => rmSync(dataDirectory('spare-portal'), { recursive: true, force: true }));

test.afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await exitCode(child);
  }
});

test('an unsafe configuration stops the start and names every variable, never its contents [T39]', async () => {
  const { child, output } = startPortal({
    NEXTAUTH_URL: 'https://portal.example',
    NEXTAUTH_SECRET: 'sample-canary-secret-that-is-long-enough',
    DATABASE_URL: '',
  });
  expect(await exitCode(child)).toBe(1);
  for (const name of ['NEXTAUTH_SECRET', 'DATABASE_URL', 'PII_KEYS', 'KUNACORE_API_URL', 'OIDC_ISSUER']) {
    expect(output()).toContain(`  ${name}: `);
  }
  expect(output()).not.toContain('canary');
});

test('a second portal on the same embedded database refuses to start; a killed one is replaced', async () => {
  const settings = { DATABASE_URL: '' };
  const first = startPortal(settings);
  await expect.poll(ready, { timeout: 30_000 }).toBe(200);
  const second = startPortal({ ...settings, NEXTAUTH_URL: 'http://localhost:3103' }, 3103);
  expect(await exitCode(second.child)).toBe(1);
  expect(second.output()).toMatch(/embedded database in .* is in use by process \d+/);
  first.child.kill('SIGKILL');
  await exitCode(first.child);
  startPortal(settings);
  await expect.poll(ready, { timeout: 30_000 }).toBe(200);
});

test('without its database the portal answers 503 and ends no session', async ({ page, context }) => {
  const { output } = startPortal({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/portal' });
  await expect.poll(() => status('/api/health/live'), { timeout: 30_000 }).toBe(200);
  expect(await ready()).toBe(503);
  const cookie = { name: 'next-auth.session-token', value: 'a-session', url: SPARE_PORTAL.origin, httpOnly: true };
  await context.addCookies([cookie]);
  const response = await page.goto(`${SPARE_PORTAL.origin}/account/buy`);
  expect(response?.status()).toBe(503);
  expect(page.url()).toBe(`${SPARE_PORTAL.origin}/account/buy`);
  await expect(page.getByRole('heading', { name: 'We’re temporarily unavailable' })).toBeVisible();

  const headers = { origin: SPARE_PORTAL.origin, cookie: 'next-auth.session-token=a-session' };
  for (const path of ['/sign-out', '/api/auth/signout']) {
    const signOut = await fetch(SPARE_PORTAL.origin + path, { method: 'POST', headers, redirect: 'manual' });
    expect(signOut.status).toBe(503);
    expect(signOut.headers.get('set-cookie')).toBeNull();
    expect(await signOut.text()).toContain('We couldn’t confirm that you are signed out');
  }
  for (const path of ['/api/auth/session', '/api/account/status']) {
    const response = await fetch(SPARE_PORTAL.origin + path, { headers });
    expect(response.status).toBe(503);
    expect(response.headers.get('set-cookie')).toBeNull();
  }
  expect((await context.cookies(SPARE_PORTAL.origin)).map(({ name }) => name)).toContain('next-auth.session-token');
  expect((await page.goto(`${SPARE_PORTAL.origin}/`))?.status()).toBe(200);
  // The log has one event a line for the portal's operators.
  const events = output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).event);
  for (const event of ['database_unavailable', 'route_unconfirmed']) expect(events).toContain(event);
});

test('with the public integration only, there is a public page and no account', async ({ page }) => {
  const none = ['API_URL', 'API_KEY'].map((name) => [`KUNACORE_${name}`, '']);
  const without = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'EMAIL_SERVER', 'EMAIL_FROM'].map((name) => [
    name,
    '',
  ]);
  startPortal({ ...Object.fromEntries([...none, ...without]), DATABASE_URL: '', KUNACORE_WIDGET_TYPE: 'kuna' });
  await expect.poll(ready, { timeout: 30_000 }).toBe(200);
  await page.goto(`${SPARE_PORTAL.origin}/`);
  await expect(page.getByRole('link', { name: 'Open my account' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Buy without an account' }).click();
  await expect(page.frameLocator('iframe').getByLabel('E-mail')).toBeVisible();
  for (const path of ['/account', '/account/buy', '/sign-in', '/api/auth/session'])
    expect(await status(path)).toBe(404);
});

test('with the partner integration only, there is no public page', async () => {
  startPortal({ DATABASE_URL: '', KUNACORE_WIDGET_TYPE: 'partner' });
  await expect.poll(ready, { timeout: 30_000 }).toBe(200);
  expect(await status('/widget')).toBe(404);
  expect(await status('/sign-in')).toBe(200);
});

test('a failing identity provider or mail server is reported on the sign-in page, and typed text stays', {
  tag: '@SIGN_IN_LINKS',
}, async ({ page }) => {
  startPortal({ DATABASE_URL: '', OIDC_ISSUER: 'http://127.0.0.1:1', EMAIL_SERVER: 'smtp://127.0.0.1:1' });
  await expect.poll(ready, { timeout: 30_000 }).toBe(200);
  await page.goto(`${SPARE_PORTAL.origin}/account`);
  await page.getByRole('button', { name: `Continue with ${providerName}` }).click();
  await expect(page.getByText(`We can’t reach ${providerName} right now.`)).toBeVisible();
  await page.getByLabel('E-mail').fill('somebody@example.com');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByText('We couldn’t send the link.')).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue('somebody@example.com');
});

test('on https every cookie is __Host-, Secure and HttpOnly, and every response requires https [T14]', {
  tag: '@SIGN_IN_LINKS',
}, async () => {
  const origin = SPARE_PORTAL.origin.replace('http:', 'https:');
  startPortal({ DATABASE_URL: '', NEXTAUTH_URL: origin });
  await expect.poll(ready, { timeout: 30_000 }).toBe(200);
  // A TLS terminator in front of the portal forwards plain http.
  for (const path of ['/', '/nowhere', '/account', '/offline.js', '/brand/icon-32.png', '/api/auth/session']) {
    const { headers } = await fetch(SPARE_PORTAL.origin + path, { redirect: 'manual' });
    expect(headers.get('strict-transport-security'), path).toBe('max-age=63072000; includeSubDomains');
  }
  const email = 'by.https@example.com';
  const post = (path: string, fields: Record<string, string>) =>
    fetch(SPARE_PORTAL.origin + path, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });
  // A browser without script sends the form with React's hidden fields.
  const form = new FormData();
  for (const [, name = '', value = ''] of hiddenFields(await (await fetch(`${SPARE_PORTAL.origin}/sign-in`)).text()))
    form.append(name, value);
  form.append('email', email);
  const response = await fetch(`${SPARE_PORTAL.origin}/sign-in`, {
    method: 'POST',
    headers: { origin },
    body: form,
    redirect: 'manual',
  });
  const link = (await mailTo(email)).links.find((one) => one.startsWith(`${origin}/sign-in/link`)) ?? '';
  const signedIn = await post('/api/auth/callback/email', Object.fromEntries(new URL(link).searchParams));
  const responses = [response, await post('/sign-in/oidc', {}), signedIn];
  const set = responses.flatMap(({ headers }) => headers.getSetCookie());
  const names = set.map((line) => line.split('=')[0]?.replace(/^__Host-(next-auth\.)?/, ''));
  for (const name of ['session-token', 'csrf-token', 'callback-url', 'link-request']) expect(names).toContain(name);
  expect(names).toContainEqual(expect.stringMatching(/^sign-in-attempt\./));
  for (const line of set) {
    expect(line).toMatch(/^__Host-.*; Path=\/;/i);
    expect(line).toMatch(/; HttpOnly/i);
    expect(line).toMatch(/; Secure/i);
    expect(line).toMatch(/; SameSite=Lax/i);
    expect(line).not.toMatch(/Domain=/i);
  }
  // A session token is 256 random bits.
  expect(set.join('\n')).toMatch(/^__Host-next-auth\.session-token=[\w-]{43};/m);
});

/** Returns the hidden fields of the form that asks for an address. */
function hiddenFields(page: string): string[][] {
  const form = page.match(/<form(?:(?!<\/form>).)*name="email".*?<\/form>/s)?.[0] ?? '';
  return [...form.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)].map((found) =>
    found.map((text = '') => text.replaceAll('&quot;', '"')),
  );
}

async function status(path: string): Promise<number> {
  return fetch(SPARE_PORTAL.origin + path).then(
    (response) => response.status,
    () => 0,
  );
}

const ready = () => status('/api/health/ready');
