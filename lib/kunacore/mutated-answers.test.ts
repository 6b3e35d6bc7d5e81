import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzzRuns } from '../testing/fuzz';
import type { Credentials } from './authentication';
import { createKunaCoreClient, type KunaCoreClient } from './client';
import { KunaCoreError } from './errors';
import { jwt, startServer } from './test-server';

const customer = { id: 'c-1', walletId: 'w-1', email: 'a@example.com', externalId: 'e-1', walletStatus: 'Active' };
const operation = { id: 'o-1', walletId: 'w-1', type: 'Deposit', status: 'Created', targetAmount: '1.5', fee: null };
const good = [
  { data: customer },
  { data: [customer] },
  { data: { items: [customer], total: 1 } },
  { data: [operation] },
  { data: [{ asset: 'BTC', balance: '1', holdBalance: '0' }] },
  { data: [{ asset: 'BTC', equivalent: { USD: '97000.12' } }] },
  { data: { token: jwt({ exp: 4_000_000_000, customerId: 'c-1' }) } },
  { data: { accessToken: jwt({ exp: 4_000_000_000 }) } },
  { errors: [{ code: 'NO', message: 'no' }] },
];

/** Values that break naive readers. */
const odd = fc.oneof(
  fc.constantFrom(null, '', 0, -1, 1e308, true, [], {}, '__proto__', 'a.b.c', 'x'.repeat(70_000)),
  fc.constant(JSON.parse('{"__proto__":{"polluted":1},"then":1,"toString":null,"length":-1}') as unknown),
  fc.jsonValue(),
);

/** A good answer in which one place, anywhere, holds something odd. */
const mutated = fc
  .tuple(fc.constantFrom(...good), fc.nat(), odd)
  .map(([answer, place, value]) => JSON.stringify(replaceAt(answer, place, value)));

const answer = fc.record({
  status: fc.constantFrom(200, 200, 201, 201, 202, 400, 401, 403, 404, 409, 422, 429, 500, 503, 599),
  text: fc.oneof(
    mutated,
    mutated,
    fc.json(),
    fc.string(),
    mutated.map((text) => text.slice(0, text.length / 2)),
  ),
  retryAfter: fc.constantFrom(undefined, '60', 'soon', '-1'),
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

const CALLS: Record<string, (client: KunaCoreClient) => Promise<unknown>> = {
  createCustomer: (client) => client.createCustomer(details),
  findCustomers: (client) => client.findCustomers({ email: 'a@example.com' }),
  getCustomer: (client) => client.getCustomer('c-1'),
  updateCustomer: (client) => client.updateCustomer('c-1', {}),
  issueToken: (client) => client.issueToken({ customerId: 'c-1', userAgent: 'Browser/1.0' }),
  invalidate: (client) => client.invalidate('c-1'),
  getBalances: (client) => client.getBalances('w-1', ['BTC']),
  findOperations: (client) => client.findOperations({ skip: 0, take: 10 }),
  getOperation: (client) => client.getOperation('o-1'),
  getEquivalentRates: (client) => client.getEquivalentRates(),
};

describe.each([
  { kind: 'api-key', apiKey: 'key-1' } as const,
  { kind: 'login', merchantId: 'm', login: 'l', password: 'p' } as const,
])('whatever KunaCore answers, only a KunaCoreError is thrown ($kind)', (credentials) => {
  test('every call of the client is among them', () => {
    const client = createKunaCoreClient({ apiUrl: 'http://127.0.0.1', credentials });
    expect(Object.keys(CALLS).sort()).toEqual(Object.keys(client).sort());
  });

  // Most of the time goes by in pauses before second attempts: several clients, each with its own KunaCore, share it.
  test.each(Object.entries(CALLS))('%s', async (_name, call) => {
    const { numRuns } = fuzzRuns(50);
    const together = 10;
    const share = { numRuns: Math.ceil(numRuns / together) };
    await Promise.all(Array.from({ length: together }, () => tryAnswers(call, credentials, share)));
  });
});

async function tryAnswers(
  call: (client: KunaCoreClient) => Promise<unknown>,
  credentials: Credentials,
  runs: { numRuns: number },
): Promise<void> {
  let next = { status: 200, text: '', retryAfter: undefined as string | undefined };
  const { url } = await startServer((response) => {
    if (next.retryAfter) response.setHeader('retry-after', next.retryAfter);
    response.writeHead(next.status).end(next.text);
  });
  const property = fc.asyncProperty(answer, async (oneAnswer) => {
    next = oneAnswer;
    const thrown = await call(createKunaCoreClient({ apiUrl: url, credentials, ...noPause })).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (thrown !== undefined) expect(thrown).toBeInstanceOf(KunaCoreError);
    expect({}).not.toHaveProperty('polluted');
  });
  await fc.assert(property, runs);
}
