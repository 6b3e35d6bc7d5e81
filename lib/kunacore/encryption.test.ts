// ASVS 5.0: 11.2.1 11.3.1 11.3.2 15.2.2
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { CompactEncrypt, type CompactJWEHeaderParameters, compactDecrypt } from 'jose';
import { expect, test } from 'vitest';
import { json, startServer } from '@/tests/kunacore-server';
import { createKunaCoreClient } from './client';
import { CONTENT_ALGORITHMS, type Encryption, KEY_ALGORITHMS } from './encryption';

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [kuna, ours, stranger] = [rsa(), rsa(), rsa()];
const encryption: Encryption = {
  publicKey: kuna.publicKey.export({ type: 'spki', format: 'pem' }) as string,
  privateKey: ours.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  keyAlgorithm: 'RSA-OAEP-256',
  contentAlgorithm: 'A256GCM',
};
const SECRET = 'the-secret-token';
const GOOD = JSON.stringify({ data: { token: SECRET } });

const seal = (header: object, key: KeyObject | Uint8Array = ours.publicKey, text = GOOD) =>
  new CompactEncrypt(Buffer.from(text)).setProtectedHeader(header as CompactJWEHeaderParameters).encrypt(key);
const USUAL = Object.fromEntries([
  ['alg', 'RSA-OAEP-256'],
  ['enc', 'A256GCM'],
]);

async function issue(respond: (response: ServerResponse) => void) {
  const server = await startServer(respond);
  const credentials = { kind: 'api-key', apiKey: 'key-1' } as const;
  const client = createKunaCoreClient({ apiUrl: server.url, credentials, encryption, random: () => 0 });
  const issued = client.issueToken({ customerId: 'c-1', userAgent: 'a browser' });
  return { server, client, issued };
}

const combinations = KEY_ALGORITHMS.flatMap((alg) => CONTENT_ALGORITHMS.map((enc) => [alg, enc] as const));

test.each(combinations)('reads a response with %s and %s, and encrypts the request for Kuna', async (alg, enc) => {
  const token = await seal({ alg, enc });
  const { server, issued } = await issue((response) => json(response, 201, { token }));
  expect((await issued).token.reveal()).toBe(SECRET);
  const { body } = server.seen[0] ?? {};
  expect(Object.keys(body as object)).toEqual(['token']);
  const { plaintext, protectedHeader } = await compactDecrypt((body as { token: string }).token, kuna.privateKey);
  expect(JSON.parse(Buffer.from(plaintext).toString())).toEqual({ customerId: 'c-1', userAgent: 'a browser' });
  expect(protectedHeader).toEqual(USUAL);
});

const key = randomBytes(32);
const cases: [name: string, body: () => Promise<unknown>, problem: string][] = [
  ['the plain response', async () => JSON.parse(GOOD), 'not encrypted'],
  ['a token that is no text', async () => ({ token: 7 }), 'not encrypted'],
  ['a token that is no JWE', async () => ({ token: 'a.b.c' }), 'cannot be decrypted'],
  ['a JWE for another key', async () => ({ token: await seal(USUAL, stranger.publicKey) }), 'cannot be decrypted'],
  ['a changed JWE', async () => ({ token: `${await seal(USUAL)}x` }), 'cannot be decrypted'],
  ['dir', async () => ({ token: await seal({ ...USUAL, alg: 'dir' }, key) }), 'cannot be decrypted'],
  [
    'a key wrapped with AES',
    async () => ({ token: await seal({ ...USUAL, alg: 'A256KW' }, key) }),
    'cannot be decrypted',
  ],
  ['a compressed JWE', async () => ({ token: await seal({ ...USUAL, zip: 'DEF' }) }), 'cannot be decrypted'],
  [
    'RSA1_5',
    async () => ({ token: `${Buffer.from('{"alg":"RSA1_5","enc":"A256GCM"}').toString('base64url')}.a.b.c.d` }),
    'cannot be decrypted',
  ],
];

test.each(cases)('refuses %s with status 201: it may have happened', async (_name, body, problem) => {
  const sent = await body();
  const { issued } = await issue((response) => json(response, 201, sent));
  const error = await issued.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'MalformedResponseError', problem, mayHaveHappened: true });
  expect(error).not.toHaveProperty('cause');
  expect(JSON.stringify(error) + String(error)).not.toContain(SECRET);
});

test('a page with status 200 acknowledges nothing', async () => {
  const { client, issued } = await issue((response) => response.end('<p>Maintenance</p>'));
  await expect(issued).rejects.toMatchObject({ problem: 'not encrypted' });
  await expect(client.invalidate('c-1')).rejects.toMatchObject({ problem: 'not encrypted' });
});

test('reads the code of an error, encrypted or not', async () => {
  const error = { errors: [{ code: 'WALLET_BLOCKED' }] };
  const token = await seal(USUAL, ours.publicKey, JSON.stringify(error));
  for (const body of [error, { token }]) {
    const { issued } = await issue((response) => json(response, 422, body));
    await expect(issued).rejects.toMatchObject({ status: 422, code: 'WALLET_BLOCKED' });
  }
});

test('an error that cannot be decrypted keeps its status', async () => {
  const { issued } = await issue((response) => json(response, 422, { token: 'a.b.c.d.e' }));
  await expect(issued).rejects.toMatchObject({ status: 422, code: undefined });
});
