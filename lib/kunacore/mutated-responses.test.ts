// ASVS 5.0: 15.3.5
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { json, jwt, startServer } from '@/tests/kunacore-server';
import type { Credentials } from './authentication';
import { createKunaCoreClient, type KunaCoreClient } from './client';
import { KunaCoreError, LOGIN_ENDPOINT } from './errors';

const customer = { id: 'c-1', walletId: 'w-1', email: 'a@example.com', externalId: 'e-1', walletStatus: 'Active' };
const operation = { id: 'o-1', walletId: 'w-1', type: 'Deposit', status: 'Created', targetAmount: '1.5', fee: null };
const balances = { data: [{ asset: 'BTC', balance: '1', holdBalance: '0' }] };
const rates = { data: [{ asset: 'BTC', equivalent: { USD: '97000.12' } }] };
const token = { data: { token: jwt({ exp: 4_000_000_000, customerId: 'c-1' }) } };
const login = { data: { accessToken: jwt({ exp: 4_000_000_000 }) } };
const page = { data: { items: [customer], total: 1 } };
const refusal = { errors: [{ code: 'NO', message: 'no' }] };
const good = [{ data: customer }, { data: [customer] }, page, { data: [operation] }, balances, rates, token, refusal];

/** Values that break naive readers. */
const odd = fc.oneof(
  fc.constantFrom(null, '', 0, -1, 1e308, true, [], {}, '__proto__', 'a.b.c', 'x'.repeat(70_000)),
  fc.constant(JSON.parse('{"__proto__":{"polluted":1},"then":1,"toString":null,"length":-1}') as unknown),
  fc.jsonValue(),
);

/** A good response in which one place, anywhere, holds something odd. */
const mutated = (...from: object[]) =>
  fc
    .tuple(fc.constantFrom(...from), fc.nat(), odd)
    .map(([response, place, value]) => JSON.stringify(replaceAt(response, place, value)));

/** What may come instead of a call's own good response; at times it is itself. */
const responseLike = (own: object) =>
  fc.record({
    status: fc.constantFrom(200, 200, 201, 201, 202, 400, 401, 403, 404, 409, 422, 429, 500, 503, 599),
    text: fc.oneof(
      fc.constant(JSON.stringify(own)),
      mutated(own),
      mutated(own),
      mutated(...good),
      fc.json(),
      fc.string(),
      mutated(own).map((text) => text.slice(0, text.length / 2)),
    ),
    retryAfter: fc.constantFrom(undefined, '60', 'soon', '-1'),
    loginWorks: fc.boolean(),
  });

function replaceAt(root: unknown, place: number, value: unknown): unknown {
  const paths = pathsOf(root);
  return put(root, paths[place % paths.length] ?? [], value);
}

function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function put(root: unknown, [key, ...rest]: string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = structuredClone(root) as Record<string, unknown>;
  copy[key] = put(copy[key], rest, value);
  return copy;
}

const noPause = { random: () => 0 };
const details = {
  email: 'a@example.com',
  externalId: 'e-1',
  firstName: 'A',
  lastName: 'B',
  country: 'UA',
  verificationDocumentId: '1',
  residenceAddress: 'C',
};

type Call = (client: KunaCoreClient) => Promise<unknown>;

/** Every call with the response it hopes for. */
const CALLS: Record<keyof KunaCoreClient, [own: object, call: Call]> = {
  createCustomer: [{ data: customer }, (client) => client.createCustomer(details)],
  findCustomers: [{ data: [customer] }, (client) => client.findCustomers({ email: 'a@example.com' })],
  getCustomer: [{ data: customer }, (client) => client.getCustomer('c-1')],
  updateCustomer: [{ data: customer }, (client) => client.updateCustomer('c-1', {})],
  issueToken: [token, (client) => client.issueToken({ customerId: 'c-1', userAgent: 'Browser/1.0' })],
  invalidate: [{ data: {} }, (client) => client.invalidate('c-1')],
  getBalances: [balances, (client) => client.getBalances('w-1', ['BTC'])],
  findOperations: [{ data: [operation] }, (client) => client.findOperations({ skip: 0, take: 10 })],
  getOperation: [{ data: operation }, (client) => client.getOperation('o-1')],
  getEquivalentRates: [rates, (client) => client.getEquivalentRates()],
};

describe.each([
  { kind: 'api-key', apiKey: 'key-1' } as const,
  { kind: 'login', merchantId: 'm', login: 'l', password: 'p' } as const,
])('throws only a KunaCoreError for any response of KunaCore ($kind) [T27]', (credentials) => {
  // Most of the time goes by in pauses before second attempts: several clients, each with its own KunaCore, share it.
  test.each(Object.entries(CALLS))('%s', async (_name, [own, call]) => {
    const { numRuns } = fuzzRuns(100);
    const concurrency = 10;
    const share = { numRuns: Math.ceil(numRuns / concurrency) };
    await Promise.all(Array.from({ length: concurrency }, () => tryResponses(own, call, credentials, share)));
  });
});

async function tryResponses(
  own: object,
  call: Call,
  credentials: Credentials,
  runs: { numRuns: number },
): Promise<void> {
  let next = { status: 200, text: JSON.stringify(own), retryAfter: undefined as string | undefined, loginWorks: true };
  const { url } = await startServer((response, { url: requested }) => {
    if (next.loginWorks && requested === LOGIN_ENDPOINT) return json(response, 200, login);
    if (next.retryAfter) response.setHeader('retry-after', next.retryAfter);
    response.writeHead(next.status).end(next.text);
  });
  const ask = () => call(createKunaCoreClient({ apiUrl: url, credentials, ...noPause }));
  // The good response is one: nothing below is refused for another reason.
  await ask();
  const property = fc.asyncProperty(responseLike(own), async (response) => {
    next = response;
    const thrown = await ask().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (thrown !== undefined) expect(thrown).toBeInstanceOf(KunaCoreError);
    expect({}).not.toHaveProperty('polluted');
  });
  await fc.assert(property, runs);
}
