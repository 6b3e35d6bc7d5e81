import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BROWSER, type CustomerResponse, INSTITUTION, PETRO, startKunaCore, type TestKunaCore } from './test-kunacore';

const LIFE_MS = 46.5 * 3600_000;
let core: TestKunaCore;
let olena: CustomerResponse;
beforeAll(async () => {
  core = await startKunaCore();
});
afterAll(() => core.close());
beforeEach(async () => {
  await core.control('POST', 'reset');
  olena = await core.create();
});

const open = (refreshToken: string, userAgent = BROWSER, institutionId = INSTITUTION) =>
  core.widget.open({ institutionId, refreshToken, userAgent });
const invalidate = (customerId: string) => core.data('/v2/ramp/invalidate', { customerId });

test('a token has the documented claims, by the clock of the sandbox', async () => {
  await core.control('POST', 'clock', { offsetMs: 1_000_000_000 });
  const { now } = await core.control<{ now: string }>('GET', 'clock');
  const token = await core.token(olena.id);
  expect(decodeProtectedHeader(token).alg).toBe('HS256');
  const { id, fingerprint, sessionCreatedAt, iat = 0, exp = 0 } = decodeJwt(token);
  expect([id, fingerprint]).toEqual([olena.id, expect.stringMatching(/^[0-9a-f]{32}$/)]);
  expect(exp - iat).toBe(LIFE_MS / 1000);
  expect(iat).toBe(Math.floor(Number(sessionCreatedAt) / 1000));
  expect(Number(sessionCreatedAt)).toBeGreaterThanOrEqual(Date.parse(now));
  expect(decodeJwt(await core.token(olena.id)).fingerprint).not.toBe(fingerprint);
});

test('a token opens the widget of its customer in its browser', async () => {
  const opened = await open(await core.token(olena.id));
  expect(opened).toEqual({
    ok: true,
    session: {
      id: expect.any(String),
      customerId: olena.id,
      walletId: olena.walletId,
      customerName: 'Олена Шевченко',
      email: olena.email,
    },
  });
  expect(opened.ok && core.widget.resume(opened.session.id)).toEqual(opened);
});

test('a token is refused in another browser and for another institution', async () => {
  const token = await core.token(olena.id);
  expect(await open(token, 'Browser/2')).toEqual({ ok: false, reason: 'other-browser' });
  expect(await open(token, BROWSER, 'institution-2')).toEqual({ ok: false, reason: 'unknown-institution' });
  expect(core.widget.knowsInstitution(INSTITUTION)).toBe(true);
  expect(core.widget.knowsInstitution('institution-2')).toBe(false);
});

test('a text that is not one of our tokens is refused as malformed', async () => {
  const token = await core.token(olena.id);
  const forged = new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'HS256' });
  const texts = [
    '',
    'nonsense',
    `${token.slice(0, -4)}AAAA`,
    await forged.sign(new TextEncoder().encode('x'.repeat(32))),
  ];
  for (const text of texts) expect(await open(text)).toEqual({ ok: false, reason: 'malformed' });
});

test('a token ends at its expiry, and its open widgets with it', async () => {
  const token = await core.token(olena.id);
  const opened = await open(token);
  const session = opened.ok ? opened.session.id : '';
  await core.passes(LIFE_MS - 60_000);
  expect(core.widget.resume(session)).toMatchObject({ ok: true });
  await core.passes(61_000);
  expect(core.widget.resume(session)).toEqual({ ok: false, reason: 'expired' });
  expect(await open(token)).toEqual({ ok: false, reason: 'expired' });
  expect(await core.control('GET', 'customers')).toMatchObject([{ liveTokens: 0 }]);
});

test('invalidate ends every token and open widget of that customer, and none of another', async () => {
  const petro = await core.create(PETRO);
  const [phone, desktop] = [await core.token(olena.id, 'Phone/1'), await core.token(olena.id)];
  const theirs = await open(await core.token(petro.id));
  const opened = await open(desktop);
  await invalidate(olena.id);
  expect(await open(phone, 'Phone/1')).toEqual({ ok: false, reason: 'ended' });
  expect(await open(desktop)).toEqual({ ok: false, reason: 'ended' });
  expect(opened.ok && core.widget.resume(opened.session.id)).toEqual({ ok: false, reason: 'ended' });
  expect(theirs.ok && core.widget.resume(theirs.session.id)).toEqual(theirs);
  expect(await open(await core.token(olena.id))).toMatchObject({ ok: true });
});

test.each(['Blocked', 'Suspicious'])('a wallet that is %s gets no token', async (walletStatus) => {
  await core.data('/v2/customer/update', { id: olena.id, walletStatus });
  const body = { customerId: olena.id, userAgent: BROWSER };
  expect((await core.post('/v2/ramp/token', body)).status).toBe(403);
  await core.data('/v2/customer/update', { id: olena.id, walletStatus: 'Active' });
  expect((await core.post('/v2/ramp/token', body)).status).toBe(201);
});

test('a reset closes open widgets', async () => {
  const opened = await open(await core.token(olena.id));
  await core.control('POST', 'reset');
  expect(opened.ok && core.widget.resume(opened.session.id)).toEqual({ ok: false, reason: 'ended' });
});
