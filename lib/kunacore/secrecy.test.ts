// ASVS 5.0: 16.5.1
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { closedPort, data, type Handler, json, jwt, type Seen, startServer } from '@/tests/kunacore-server';
import { createKunaCoreClient, type KunaCoreClient } from './client';
import { errorCode } from './error-code';
import { KunaCoreError } from './errors';

// What must be in no error: everything that is sent, and the words of the responses.
const API_KEY = 'canary-api-key-4711';
const PASSWORD = 'canary-password-4711';
const LOGIN = 'canary-login-4711';
const MERCHANT = 'canary-merchant-4711';
const EMAIL = 'canary.mail@example.com';
const ACCESS_TOKEN = jwt({ canary: 'access' });
const WIDGET_TOKEN = jwt({ customerId: 'somebody-else', canary: 'widget' });
const MESSAGE = 'canary words of the provider';
const canaries = [API_KEY, PASSWORD, LOGIN, MERCHANT, EMAIL, ACCESS_TOKEN, WIDGET_TOKEN, MESSAGE, 'canary'];

const person = {
  email: EMAIL,
  externalId: 'canary-external',
  firstName: 'Canaryfirst',
  lastName: 'Canarylast',
  country: 'UA',
  verificationDocumentId: 'canary-document',
  residenceAddress: 'canary street 1',
};

const echo = { email: EMAIL, key: API_KEY, token: WIDGET_TOKEN, text: MESSAGE };

/** A word that this request's body holds. */
function sentWord({ body }: Seen): unknown {
  const { lastName, customerId, login } = body as Record<string, unknown>;
  return String(lastName ?? customerId ?? login).toUpperCase();
}

function sentKey({ headers }: Seen): unknown {
  return headers['api-key'] ?? headers.merchant_id ?? headers.authorization;
}

/** One way to fail each; the kind of error it must give. */
const failures: Record<string, [name: string, handler: Handler]> = {
  'a rejection that repeats what was sent': [
    'RejectedError',
    (response) => json(response, 422, { errors: [{ code: EMAIL, message: MESSAGE }], ...echo }),
  ],
  'a rejection whose code is a name': [
    'RejectedError',
    (response, seen) => json(response, 409, { code: sentWord(seen) }),
  ],
  'a rejection in plain text': ['RejectedError', (response) => response.writeHead(500).end(MESSAGE)],
  'refused credentials': [
    'UnauthorisedError',
    (response, seen) => json(response, 401, { code: sentKey(seen), ...echo }),
  ],
  'broken JSON': ['MalformedResponseError', (response) => response.end(`{"data": ${MESSAGE}`)],
  'fields of the wrong kind': ['MalformedResponseError', (response) => data(response, { id: { [EMAIL]: MESSAGE } })],
  "somebody else's data": [
    'MalformedResponseError',
    (response) => data(response, { id: 'c-9', walletId: 'w', externalId: MESSAGE, token: WIDGET_TOKEN }),
  ],
  'a redirect': [
    'RefusedResponseError',
    (response) => response.writeHead(307, { location: `/?${MESSAGE}` }).end(MESSAGE),
  ],
  compression: [
    'RefusedResponseError',
    (response) => response.writeHead(200, { 'content-encoding': 'canary' }).end(MESSAGE),
  ],
  'a timeout': ['TimeoutError', (response) => void response.write(MESSAGE)],
  'a cut connection': ['UnreachableError', (response) => response.socket?.resetAndDestroy()],
};

/** Short where the failure is a timeout, long where a slow machine must not make one of it. */
function patience(name: string) {
  const limit = name === 'TimeoutError' ? 150 : 10_000;
  return { create: limit, token: limit, login: limit };
}

const byKey = { kind: 'api-key', apiKey: API_KEY } as const;
const byLogin = { kind: 'login', merchantId: MERCHANT, login: LOGIN, password: PASSWORD } as const;

async function failWith(call: Promise<unknown>): Promise<KunaCoreError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KunaCoreError)) throw new Error('no KunaCoreError was thrown');
  return error;
}

function expectClean(error: KunaCoreError, name?: string) {
  if (name) expect(error.name).toBe(name);
  expect(error.cause).toBeUndefined();
  const shown = [
    error.message,
    error.stack ?? '',
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 20, showHidden: true }),
    inspect({ ...error }, { depth: 20, showHidden: true }),
  ].map((text) => text.toLowerCase());
  for (const canary of canaries) {
    for (const text of shown) expect(text).not.toContain(canary.toLowerCase());
  }
}

const calls: Record<string, (client: KunaCoreClient) => Promise<unknown>> = {
  createCustomer: (client) => client.createCustomer(person),
  issueToken: (client) => client.issueToken({ customerId: 'canary-customer', userAgent: 'Canary/1.0' }),
};

const everyFailure = Object.entries(failures).flatMap(([failure, [name, handler]]) =>
  Object.entries(calls).map(([call, make]) => ({ failure, name, handler, call, make })),
);

test.each(everyFailure)('$call: $failure tells nothing, with a key', async ({ name, handler, make }) => {
  const { url } = await startServer(handler);
  const client = createKunaCoreClient({ apiUrl: url, credentials: byKey, deadlines: patience(name) });
  expectClean(await failWith(make(client)), name);
});

test.each(everyFailure)('$call: $failure tells nothing, with a login', async ({ name, handler, make }) => {
  const { url } = await startServer((response, seen, count) => {
    if (seen.url === '/v2/auth/login') data(response, { accessToken: ACCESS_TOKEN });
    else handler(response, seen, count);
  });
  const client = createKunaCoreClient({ apiUrl: url, credentials: byLogin, deadlines: patience(name) });
  expectClean(await failWith(make(client)), name);
});

test.each(Object.entries(failures))('a login that fails by %s tells nothing', async (_failure, [name, handler]) => {
  const { url } = await startServer(handler);
  const client = createKunaCoreClient({ apiUrl: url, credentials: byLogin, deadlines: patience(name) });
  const error = await failWith(client.invalidate('c'));
  expect(error.endpoint).toBe('/v2/auth/login');
  expectClean(error);
});

test('an error about an unreachable or invalid address reveals nothing [T4]', async () => {
  const refused = `http://127.0.0.1:${await closedPort()}`;
  for (const apiUrl of [refused, `http://${LOGIN}:${PASSWORD}@127.0.0.1:1/${MESSAGE}`, `no url ${API_KEY}`]) {
    const client = createKunaCoreClient({ apiUrl, credentials: byKey });
    expectClean(await failWith(client.createCustomer(person)), 'UnreachableError');
  }
});

test('rejects a key that is no valid header value without revealing it', async () => {
  const { url } = await startServer((response) => data(response, {}));
  const client = createKunaCoreClient({ apiUrl: url, credentials: { kind: 'api-key', apiKey: `${API_KEY}\n€` } });
  expectClean(await failWith(client.createCustomer(person)), 'UnreachableError');
});

const sent = [
  { email: 'ivan.petrenko@example.com', names: ['Ivan', null], age: 7, phoneNumber: '+380991234567' },
  { 'api-key': 'k-123' },
];

test.each([
  ['DUPLICATE', 'DUPLICATE'],
  ['user.not-found_2', 'user.not-found_2'],
  [1042, '1042'],
  ['USER_IVAN_EXISTS', undefined],
  ['ivan.petrenko', undefined],
  ['k-123', undefined],
  [380991234567, undefined],
  ['two words', undefined],
  ['a@b', undefined],
  ['x'.repeat(65), undefined],
  ['', undefined],
  [{ nested: 1 }, undefined],
  [true, undefined],
])('the code %j is kept as %s', (code, expected) => {
  expect(errorCode(JSON.stringify({ errors: [{ code }] }), sent)).toBe(expected);
});
