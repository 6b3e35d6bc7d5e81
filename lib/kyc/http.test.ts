// ASVS 5.0: 12.3.1 15.3.2
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { type HttpSettings, httpSource } from './http';

const USER = { subject: 'olena', email: 'olena@example.com', claims: {} };
const AT = '2026-03-02T09:30:00Z';
const FIELDS = {
  firstName: { value: 'Olena', verifiedAt: AT },
  lastName: { value: 'Kovalenko', verifiedAt: AT },
  country: { value: 'UA', verifiedAt: AT },
  documentNumber: { value: 'FE123456', verifiedAt: AT },
  residenceAddress: { value: '1 Khreshchatyk, Kyiv', verifiedAt: AT },
};
const RECORD = { subject: 'olena', fields: FIELDS };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

type Respond = (response: ServerResponse, attempt: number) => void;

/** Starts a service. Returns what it is asked, the log, and the source that asks it. */
async function serve(respond: Respond, settings: Partial<HttpSettings> = {}) {
  const requests: { headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push({ headers: request.headers, body });
    respond(response, requests.length);
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/kyc`;
  const tls = { cert: '', key: '', ca: '' };
  const source = httpSource({ url, token: 'secret-token', tls, institution: 'The Bank', ...settings }, log);
  return {
    requests,
    lines,
    find: (user: Partial<typeof USER> | { subject: null } = {}) => source.find({ ...USER, ...user }),
  };
}

const json =
  (body: unknown, status = 200): Respond =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

test('a complete record is verified; the question names the person and carries the token', async () => {
  const { find, requests } = await serve(json({ ...RECORD, email: 'OLENA@example.com', extra: [1] }));
  const found = await find();
  const source = { verified: true, verifiedAt: new Date(AT), from: 'The Bank' };
  expect(found).toMatchObject({ state: 'verified', fields: { firstName: { value: 'Olena', ...source } } });
  expect(requests).toHaveLength(1);
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ subject: 'olena', email: 'olena@example.com' });
  expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer secret-token', 'accept-encoding': 'identity' });
});

test('a field without a time of verification is not verified [T42]', async () => {
  const { find } = await serve(json({ ...RECORD, fields: { ...FIELDS, lastName: { value: 'Kovalenko' } } }));
  expect(await find()).toMatchObject({ state: 'partial', fields: { lastName: { verified: false, verifiedAt: null } } });
});

test('a person whom the service does not know is not known, and no alarm is raised', async () => {
  const { find, lines } = await serve(json({ error: 'unknown' }, 404));
  expect(await find()).toEqual({ state: 'none' });
  expect(lines).toEqual([]);
});

test.each([
  ['the record of another person', { ...RECORD, subject: 'taras' }],
  ['a record that names nobody', { fields: FIELDS }],
  ['a record that names the address alone', { email: USER.email, fields: FIELDS }],
])('%s is refused [T42]', async (_what, body) => {
  const { find, lines } = await serve(json(body));
  expect(await find()).toEqual({ state: 'unavailable' });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'kyc_unavailable', reason: 'other-person' });
});

test('for a person without a subject, the address decides', async () => {
  const { find } = await serve(json({ ...RECORD, email: 'Olena@Example.com' }));
  expect(await find({ subject: null })).toMatchObject({ state: 'verified' });
  const another = await serve(json({ ...RECORD, email: 'taras@example.com' }));
  expect(await another.find({ subject: null })).toEqual({ state: 'unavailable' });
});

test.each<[string, Respond, string, number]>([
  ['500', json({}, 500), 'status', 2],
  ['503', json({}, 503), 'status', 2],
  ['401', json({}, 401), 'status', 1],
  ['a redirect', (r) => r.writeHead(302, { location: '/elsewhere' }).end(), 'redirect', 1],
  ['an HTML page', (r) => r.end('<!doctype html>'), 'not-json', 1],
  ['half of its JSON', (r) => r.end(JSON.stringify(RECORD).slice(0, 90)), 'not-json', 1],
  ['an array', json([RECORD]), 'shape', 1],
  [
    'a number as a name',
    json({ ...RECORD, fields: { ...FIELDS, firstName: { value: 7, verifiedAt: AT } } }),
    'shape',
    1,
  ],
  [
    'a date without a time',
    json({ ...RECORD, fields: { firstName: { value: 'O', verifiedAt: '2026-03-02' } } }),
    'shape',
    1,
  ],
  [
    'a verification of the future',
    json({ ...RECORD, fields: { firstName: { value: 'O', verifiedAt: '2999-01-01T00:00:00Z' } } }),
    'shape',
    1,
  ],
  [
    'a country of no list',
    json({ ...RECORD, fields: { ...FIELDS, country: { value: 'Ukraine', verifiedAt: AT } } }),
    'fields',
    1,
  ],
  [
    'a number that no phone has',
    json({ ...RECORD, fields: { ...FIELDS, phoneNumber: { value: '12', verifiedAt: AT } } }),
    'fields',
    1,
  ],
  ['a megabyte', (r) => r.end('x'.repeat(1_000_000)), 'too-large', 1],
  ['a cut connection', (r) => void r.destroy(), 'unreachable', 2],
])(
  '%s is no answer: nothing of it counts, and the log says why without a value',
  async (_what, respond, reason, attempts) => {
    const { find, requests, lines } = await serve(respond);
    expect(await find()).toEqual({ state: 'unavailable' });
    expect(requests).toHaveLength(attempts);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'kyc_unavailable', reason });
    expect(lines[0]).not.toMatch(/olena|Ukraine|secret-token/i);
  },
);

test('silence ends after the time limit, twice', async () => {
  const { find, requests, lines } = await serve(() => {}, { timeoutMs: 100 });
  expect(await find()).toEqual({ state: 'unavailable' });
  expect(requests).toHaveLength(2);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ reason: 'timeout' });
});

test('a second attempt succeeds after an error of the service', async () => {
  const { find } = await serve((response, attempt) =>
    json(attempt === 1 ? {} : RECORD, attempt === 1 ? 502 : 200)(response, attempt),
  );
  expect(await find()).toMatchObject({ state: 'verified' });
});

test('whatever the service answers, nothing is thrown, and no field is verified without its time', async () => {
  let body: unknown;
  const { find } = await serve((response, attempt) => json(body)(response, attempt));
  const field = fc.oneof(fc.anything(), fc.record({ value: fc.anything(), verifiedAt: fc.anything() }));
  const record = fc.record({
    subject: fc.constantFrom('olena', 'taras', null),
    fields: fc.record({ firstName: field, country: field }),
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.jsonValue(), record), async (generated) => {
      body = generated;
      const found = await find();
      const fields = 'fields' in found ? Object.values(found.fields) : [];
      expect(fields.every(({ verified, verifiedAt }) => verified === (verifiedAt !== null))).toBe(true);
    }),
    { ...fuzzRuns(), numRuns: 100 },
  );
});

test('the service sees the client certificate, and its own is checked against the given authority', async () => {
  const pem = readFileSync('tests/self-signed.pem', 'utf8');
  const subjects: string[] = [];
  const server = createTlsServer(
    { key: pem, cert: pem, ca: pem, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      subjects.push(
        (request.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }).getPeerCertificate()
          .subject.CN,
      );
      json(RECORD)(response, 1);
    },
  );
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/kyc`;
  const settings = { url, token: '', institution: 'The Bank' };
  const log = pino({ level: 'silent' });
  const certificate = { cert: pem, key: pem };
  const trusted = httpSource({ ...settings, tls: { ...certificate, ca: pem } }, log);
  expect(await trusted.find(USER)).toMatchObject({ state: 'verified' });
  expect(subjects).toEqual(['localhost']);
  const unknown = httpSource({ ...settings, tls: { ...certificate, ca: '' } }, log);
  expect(await unknown.find(USER)).toEqual({ state: 'unavailable' });
  const without = httpSource({ ...settings, tls: { cert: '', key: '', ca: pem } }, log);
  expect(await without.find(USER)).toEqual({ state: 'unavailable' });
  expect(subjects).toHaveLength(1);
});
