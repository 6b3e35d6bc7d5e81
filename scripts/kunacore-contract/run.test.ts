// `npm run check:kunacore -- --write` against the sandbox with every value of every switch, against the KunaCore that was
// written from the documentation alone, and against one that breaks the documentation in one way at a time.
// `npm run --prefix verification contract` runs every switch alone, in a browser.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { contractSchema } from '@/lib/kunacore/contract';
import { createReferenceKunaCore } from '../../e2e/reference-kunacore/server';
import { OPEN_QUESTIONS, DEFAULT_SWITCHES as REFERENCE } from '../../e2e/reference-kunacore/switches';
import { DEFAULT_SWITCHES, type Switches, switchesSchema } from '../../sandbox/kunacore/switches';
import { plainOpen } from './plain-open';
import { QUESTIONS } from './questions';
import { type Check, checkContract } from './run';
import {
  type Break,
  buyTwice,
  encryptionFor,
  type Passing,
  prepare,
  startServers,
  type TestServers,
} from './test-servers';

let servers: TestServers;
beforeAll(async () => {
  servers = await startServers();
});
afterEach(async () => {
  servers.mend();
  await servers.core.control('POST', 'reset');
});
afterAll(() => servers.close());

const WRITE = { mailDomain: 'example.com', block: true, kunaBlocked: undefined };

function check(changed: Partial<Check> = {}) {
  const { apiUrl, credentials, widgetUrl, institutionId } = servers;
  const widget = { open: plainOpen(widgetUrl), institutionId };
  return checkContract({ apiUrl, credentials, widget, write: WRITE, given: {}, ...changed });
}

const failures = ({ findings }: Awaited<ReturnType<typeof check>>) =>
  findings.filter(({ kind }) => kind === 'failed').map(({ text }) => text);
const answersTo = ({ contract }: Awaited<ReturnType<typeof check>>, questions: string[]) =>
  Object.fromEntries(questions.map((question) => [question, contract.answers[question]?.answer]));

const { shape } = switchesSchema.unwrap();
const valuesOf = (name: keyof Switches): unknown[] => {
  const schema = shape[name];
  return schema.options.map((option) => (typeof option === 'object' ? [...option.values][0] : option));
};
const SWITCHES = Object.keys(DEFAULT_SWITCHES) as (keyof Switches)[];
/** The first values of all switches, the second ones and so on, until every value had its turn. */
const TURNS = Array.from({ length: Math.max(...SWITCHES.map((name) => valuesOf(name).length)) }, (_, turn) =>
  Object.fromEntries(SWITCHES.map((name) => [name, valuesOf(name)[turn % valuesOf(name).length]])),
);

test.each(TURNS)('the answers are the switches of the sandbox: %j', async (switches) => {
  const kunaBlocked = await prepare(servers.core, switches);
  const encryption = encryptionFor(switches);
  // A program cannot see how a card payment is shown without paying.
  const given = { paymentPage: String(switches.paymentPage) };
  const result = await check({ encryption, write: { ...WRITE, kunaBlocked }, given });
  expect(failures(result)).toEqual([]);
  expect(answersTo(result, SWITCHES)).toEqual(switches);
});

/** Its words for the same answers. */
const IN_OTHER_WORDS: Record<string, unknown> = { leaves: 'leaves-earlier', 'ends earlier': 'ends-earlier' };

test.each([0, 1, 2])(
  'the answers are those of a KunaCore written from the documentation alone, turn %i',
  async (turn) => {
    const entries = Object.entries(OPEN_QUESTIONS).map(
      ([name, values]) => [name, values[turn % values.length] ?? ''] as const,
    );
    const reference = createReferenceKunaCore({ ...REFERENCE, ...Object.fromEntries(entries) });
    try {
      const { apiUrl, widgetUrl } = await reference.listen();
      const widget = { open: plainOpen(widgetUrl), institutionId: 'i2' };
      const encryption = encryptionFor(Object.fromEntries(entries));
      const result = await check({
        apiUrl,
        encryption,
        widget,
        credentials: { kind: 'login', merchantId: 'm2', login: 'l2', password: 'p2' },
      });
      expect(failures(result)).toEqual([]);
      const expected = Object.fromEntries(
        entries.map(([name, value]) => [name, IN_OTHER_WORDS[String(value)] ?? value]),
      );
      expect(answersTo(result, Object.keys(expected))).toEqual(expected);
    } finally {
      await reference.close();
    }
  },
);

/** Changes the JSON of successful responses of an endpoint. */
const inJson =
  (path: string, change: (text: string) => string): Break =>
  (response) =>
    response.path === path && response.status < 300 ? { text: change(response.text) } : {};
const replaced = (path: string, from: string | RegExp, to: string) => inJson(path, (text) => text.replaceAll(from, to));
const ofPath =
  (path: string, change: Partial<Passing>): Break =>
  (response) =>
    response.path === path && response.status < 300 ? change : {};

const CREATE = '/v2/customer/create';
const BREAKS: [string, Break, RegExp][] = [
  ['a key renamed', replaced(CREATE, 'firstName', 'first_name'), /create: firstName is missing \(new: .*first_name/],
  [
    'a number instead of a text',
    replaced('/v2/balance', '"balance":"0"', '"balance":0'),
    /balance: balance is integer instead of decimal/,
  ],
  [
    'an amount as a float',
    replaced('/v2/operation/find', /"targetAmount":"([\d.]+)"/g, '"targetAmount":$1'),
    /operation\/find: targetAmount is float/,
  ],
  [
    'a list without its envelope',
    inJson('/v2/rate/equivalent', (text) => JSON.stringify(JSON.parse(text).data)),
    /equivalent: no data: the envelope is missing/,
  ],
  [
    'an object instead of a list',
    inJson('/v2/balance', (text) => JSON.stringify({ data: JSON.parse(text).data[0] })),
    /balance: data is object instead of array/,
  ],
  [
    'an error body with status 200',
    ofPath('/v2/customer/details', { status: 200, text: '{"errors":[{"code":"X"}]}' }),
    /details: an error body with status 200/,
  ],
  ['an HTML page', ofPath('/v2/customer/update', { text: '<!doctype html>' }), /update: an HTML page with status 201/],
  ['a redirect instead of a response', ofPath('/v2/customer/update', { status: 302 }), /update: status 302/],
  [
    'a success for an unknown customer',
    ({ path, status }) =>
      path === '/v2/customer/details' && status === 404 ? { status: 200, text: '{"data":null}' } : {},
    /answers 200 for a customer that does not exist/,
  ],
  [
    'a token without exp',
    inJson('/v2/ramp/token', () => '{"data":{"token":"e30.eyJpZCI6ImMifQ.eA"}}'),
    /token: the token has no exp/,
  ],
  ['an id that is a number', replaced(CREATE, /"id":"[^"]+"/g, '"id":7'), /create: id is integer instead of string/],
  ['no walletId', replaced(CREATE, /"walletId":"[^"]+",/g, ''), /create: walletId is missing/],
  [
    'an object in operation/details',
    inJson('/v2/operation/details', (text) => JSON.stringify({ data: JSON.parse(text).data[0] })),
    /operation\/details: data is object instead of array/,
  ],
  [
    'take and skip ignored',
    ({ path, status }) => (path === '/v2/customer/find' && status < 300 ? { text: twoCustomers } : {}),
    /customer\/find: take is ignored/,
  ],
  [
    'another format of times',
    replaced(CREATE, /"createdAt":"(\d+)-(\d+)-(\d+)T[^"]*"/g, '"createdAt":"$3.$2.$1"'),
    /create: createdAt is string instead of time/,
  ],
  [
    'a duplicate e-mail accepted',
    ({ path, status, sent }) =>
      path === CREATE && status === 409
        ? { status: 201, text: JSON.stringify({ data: { ...customer, email: sent.email } }) }
        : {},
    /a duplicate e-mail is accepted with 201/,
  ],
  [
    'a verification status that is a code',
    replaced(CREATE, '"ACCEPTED"', '3'),
    /create: verificationStatus is integer/,
  ],
];
const customer = {
  ...{
    id: 'c-1',
    email: 'a@example.com',
    walletId: 'w-1',
    phoneNumber: null,
    firstName: 'A',
    lastName: 'B',
    comment: null,
  },
  ...{
    externalId: null,
    createdAt: '2026-01-02T03:04:05.678Z',
    referralId: null,
    verificationStatus: 'ACCEPTED',
    walletStatus: 'Active',
  },
};
const twoCustomers = JSON.stringify({ data: [customer, { ...customer, id: 'c-2' }] });

test.each(BREAKS)('finds and names %s', async (_, breakIt, named) => {
  await buyTwice(servers.core);
  servers.breakWith(breakIt);
  expect(failures(await check())).toEqual(expect.arrayContaining([expect.stringMatching(named)]));
});

test('finds and names a token that works after invalidate', async () => {
  servers.breakWith(() => ({}), '/v2/ramp/invalidate');
  expect(failures(await check())).toEqual(['/v2/ramp/invalidate: 201, and the token still opens the widget']);
});

test('without test customers it changes nothing, and says what is not known', async () => {
  const result = await check({ write: null });
  const calls = await servers.core.calls();
  expect(new Set(calls.map(({ path }) => path))).toEqual(
    new Set([
      '/v2/auth/login',
      '/v2/rate/equivalent',
      '/v2/customer/details',
      '/v2/customer/find',
      '/v2/operation/find',
    ]),
  );
  expect(failures(result)).toEqual([]);
  expect(result.findings).toContainEqual({
    kind: 'note',
    text: expect.stringMatching(/customer\/find: an empty list/),
  });
  expect(result.contract.answers.duplicateEmail).toBeUndefined();
});

test('test customers are marked, and the contract holds nothing of them, no token and no credential', async () => {
  await buyTwice(servers.core);
  const { contract, findings } = await check({ credentials: { kind: 'api-key', apiKey: 'key-1' } });
  const created = (await servers.core.control<Record<string, string>[]>('GET', 'customers')).slice(1);
  expect(created.length).toBeGreaterThan(2);
  for (const { email, externalId, firstName, lastName, comment } of created) {
    expect(email).toMatch(/^kuna-portal-check\+[0-9a-f]{12}@example\.com$/);
    expect([externalId, firstName, lastName, comment].join()).toMatch(
      /^portal-check-[0-9a-f]{12},(Portal|Gate),Check,check:kunacore/,
    );
  }
  const text = JSON.stringify({ contract, findings });
  const secrets = created.flatMap(({ id = '', walletId = '', email = '' }) => [id, walletId, email]);
  for (const secret of [...secrets, 'key-1', 'pass-1', 'eyJ']) expect(text).not.toContain(secret);
  expect(contractSchema.parse(JSON.parse(JSON.stringify(contract)))).toEqual(contract);
  for (const question of Object.keys(contract.answers)) expect(QUESTIONS).toHaveProperty(question);
});

test.each<[string, () => Partial<Check>, RegExp]>([
  [
    'a wrong key',
    () => ({ credentials: { kind: 'api-key', apiKey: 'wrong' } }),
    /refused with 401. Compare KUNACORE_API_KEY/,
  ],
  [
    'a wrong login',
    () => ({ credentials: { ...servers.credentials, password: 'wrong' } }),
    /login: refused with 401 and 400/,
  ],
  [
    '/v2 at the end of the address',
    () => ({ apiUrl: `${servers.apiUrl}/v2`, credentials: { kind: 'api-key', apiKey: 'key-1' } }),
    /without \/v2 at its end/,
  ],
  ['an address where nothing listens', () => ({ apiUrl: 'http://127.0.0.1:2' }), /cannot be reached/],
  [
    'a widget host that does not exist',
    () => ({ widget: { open: plainOpen('http://127.0.0.1:2/'), institutionId: 'i' } }),
    /widget: cannot be opened/,
  ],
  [
    'an institution that Kuna does not know',
    () => ({ widget: { open: plainOpen(servers.widgetUrl), institutionId: 'garbage' } }),
    /404 for ours, 404 for an invented one/,
  ],
])('names %s', async (_, changed, named) => {
  expect(failures(await check({ write: null, ...changed() }))).toEqual([expect.stringMatching(named)]);
});
