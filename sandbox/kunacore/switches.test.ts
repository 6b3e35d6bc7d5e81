import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BROWSER, CREDENTIALS, INSTITUTION, OLENA, PETRO, startKunaCore, type TestKunaCore } from './test-kunacore';

let core: TestKunaCore;
beforeAll(async () => {
  core = await startKunaCore();
});
afterAll(() => core.close());
beforeEach(() => core.control('POST', 'reset'));

const turn = (switches: object) => core.control('POST', 'switches', switches);
const open = async (refreshToken: string, userAgent = BROWSER) => {
  const opened = await core.widget.open({ institutionId: INSTITUTION, refreshToken, userAgent });
  return opened.ok ? 'open' : opened.reason;
};

test.each([
  ['leaves-earlier', 'open', 2],
  ['ends-earlier', 'ended', 1],
])('newToken %s: the earlier token is %s', async (newToken, earlier, liveTokens) => {
  await turn({ newToken });
  const { id } = await core.create();
  const [first, second] = [await core.token(id), await core.token(id)];
  expect([await open(first), await open(second)]).toEqual([earlier, 'open']);
  expect(await core.control('GET', 'customers')).toMatchObject([{ id, liveTokens }]);
});

test.each([
  ['accepted', 'open'],
  ['refused', 'already-opened'],
])('secondOpening %s: %s', async (secondOpening, second) => {
  await turn({ secondOpening });
  const token = await core.token((await core.create()).id);
  expect([await open(token), await open(token)]).toEqual(['open', second]);
});

test.each([
  ['refused', 'other-browser'],
  ['accepted', 'open'],
])('otherUserAgent %s: %s', async (otherUserAgent, expected) => {
  await turn({ otherUserAgent });
  expect(await open(await core.token((await core.create()).id), 'Browser/2')).toBe(expected);
});

test.each([201, 200])('successCode %i', async (successCode) => {
  await turn({ successCode });
  expect((await core.post('/v2/customer/create', OLENA)).status).toBe(successCode);
});

test.each([
  ['errors', 'application/json', { errors: [{ code: 'NOT_FOUND', message: expect.any(String) }] }],
  ['statusCode', 'application/json', { statusCode: 404, message: expect.any(String), error: 'NOT_FOUND' }],
  ['text', 'text/plain', expect.stringMatching(/^NOT_FOUND: \w/)],
])('errorBody %s', async (errorBody, type, body) => {
  await turn({ errorBody });
  const response = await core.post('/v2/nothing', {});
  expect(response).toMatchObject({ status: 404, type: `${type}; charset=utf-8` });
  expect(errorBody === 'text' ? response.text : JSON.parse(response.text)).toEqual(body);
});

test.each([409, 400, 422])('duplicateEmail %i', async (duplicateEmail) => {
  await turn({ duplicateEmail });
  await core.create();
  expect((await core.post('/v2/customer/create', OLENA)).status).toBe(duplicateEmail);
});

test.each([
  ['2xx', 201],
  ['404', 404],
])('invalidateWithoutToken %s: %i, and %s with a token', async (invalidateWithoutToken, status) => {
  await turn({ invalidateWithoutToken });
  const { id } = await core.create();
  const invalidate = async () => (await core.post('/v2/ramp/invalidate', { customerId: id })).status;
  expect(await invalidate()).toBe(status);
  await core.token(id);
  expect([await invalidate(), await invalidate()]).toEqual([201, status]);
});

test('findShape: an array, or items with the total of all pages', async () => {
  const [olena] = [await core.create(), await core.create(PETRO)];
  expect(await core.data('/v2/customer/find', { take: 1 })).toEqual([olena]);
  await turn({ findShape: 'wrapped' });
  expect(await core.data('/v2/customer/find', { take: 1 })).toEqual({ items: [olena], total: 2 });
});

test.each([
  ['exact', [0, 1]],
  ['substring', [2, 1]],
])('findMatch %s', async (findMatch, rows) => {
  await turn({ findMatch });
  await core.create();
  await core.create(PETRO);
  const count = async (email: string) => (await core.data<unknown[]>('/v2/customer/find', { email })).length;
  expect([await count('example.test'), await count('Petro@example.test')]).toEqual(rows);
});

test.each([
  ['accepted', 'ACCEPTED'],
  ['pending', 'PENDING'],
])('verification %s: new customers are %s', async (verification, verificationStatus) => {
  await turn({ verification });
  expect(await core.create()).toMatchObject({ verificationStatus });
});

test.each(['email', 'login'])('loginBody %s: the login answers to that shape alone', async (loginBody) => {
  await turn({ loginBody });
  const statusOf = async (field: string) => {
    const body = { [field]: CREDENTIALS.login, password: CREDENTIALS.password };
    return (await core.post('/v2/auth/login', body, { merchant_id: CREDENTIALS.merchantId })).status;
  };
  expect([await statusOf('email'), await statusOf('login')]).toEqual(loginBody === 'email' ? [201, 400] : [400, 201]);
});

test.each([403, 409, 422])('kunasBlock %i: a partner cannot lift it', async (kunasBlock) => {
  await turn({ kunasBlock });
  const { id } = await blockedByKuna();
  expect((await core.post('/v2/customer/update', { id, walletStatus: 'Active' })).status).toBe(kunasBlock);
  expect(await core.data('/v2/customer/details', { id })).toMatchObject({ walletStatus: 'Blocked' });
});

test('kunasBlock ignored: the update succeeds, and the block stays', async () => {
  await turn({ kunasBlock: 'ignored' });
  const { id } = await blockedByKuna();
  const changes = { id, walletStatus: 'Active', firstName: 'Olha' };
  expect(await core.data('/v2/customer/update', changes)).toMatchObject({ walletStatus: 'Blocked', firstName: 'Olha' });
});

test.each([
  ['walletStatus', 'status'],
  ['status', 'walletStatus'],
])('walletStatusKey %s: %s is refused', async (walletStatusKey, other) => {
  await turn({ walletStatusKey });
  const { id } = await core.create();
  expect((await core.post('/v2/customer/update', { id, [other]: 'Blocked' })).status).toBe(400);
  const updated = await core.data('/v2/customer/update', { id, [walletStatusKey]: 'Blocked' });
  expect(updated).toMatchObject({ walletStatus: 'Blocked' });
});

async function blockedByKuna(): Promise<{ id: string }> {
  const customer = await core.create();
  await core.control('POST', `customers/${customer.id}`, { walletStatus: 'Blocked' });
  return customer;
}

test('encryption on: plain bodies are refused, and the response is encrypted for the partner', async () => {
  const key = (name: string) => createPrivateKey(readFileSync(`sandbox/kunacore/keys/${name}.pem`));
  await turn({ encryption: 'on' });
  expect((await core.post('/v2/customer/create', OLENA)).status).toBe(400);
  const token = await new CompactEncrypt(Buffer.from(JSON.stringify(OLENA)))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
    .encrypt(createPublicKey(key('kuna-private')));
  const { status, text } = await core.post('/v2/customer/create', { token });
  expect(status).toBe(201);
  const { plaintext } = await compactDecrypt((JSON.parse(text) as { token: string }).token, key('partner-private'));
  expect(JSON.parse(Buffer.from(plaintext).toString())).toMatchObject({ data: { email: OLENA.email } });
});
