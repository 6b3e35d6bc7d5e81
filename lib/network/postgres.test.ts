// ASVS 5.0: 12.3.2 12.3.4
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import tls from 'node:tls';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { SERVER, useNetwork } from '@/tests/bank-network';
import { postgresConnection } from './postgres';

/** Starts a server that agrees to TLS as PostgreSQL does, and lets everybody in. @returns its port. */
async function startPostgres(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write('S');
      const secure = new tls.TLSSocket(socket, { isServer: true, key: SERVER, cert: SERVER });
      secure.on('error', () => {});
      // AuthenticationOk and ReadyForQuery.
      secure.once('data', () => secure.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function connect(url: string): Promise<void> {
  const client = new Client({ ...postgresConnection(url), connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  onTestFinished(() => void client.end().catch(() => {}));
  await client.connect();
}

test('PostgreSQL is trusted by EXTRA_CA_CERTS with sslmode=verify-full, and by nothing else', async () => {
  const url = `postgres://portal@localhost:${await startPostgres()}/portal?sslmode=verify-full`;
  useNetwork({});
  await connect(url);
  useNetwork({ authorities: [] });
  await expect(connect(url)).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
});

test('a host that the certificate does not name is refused', async () => {
  useNetwork({});
  const url = `postgres://portal@ip6-localhost.invalid/portal?sslmode=verify-full&host=127.0.0.1&port=${await startPostgres()}`;
  await connect(url);
  const other = new URL(url);
  other.searchParams.set('host', '0.0.0.0');
  await expect(connect(other.href)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

test.each([
  ['without sslmode', 'postgres://portal@localhost/portal'],
  ['with another sslmode', 'postgres://portal@localhost/portal?sslmode=require'],
  ['with two', 'postgres://portal@localhost/portal?sslmode=verify-full&sslmode=disable'],
  ['with an authority of its own', 'postgres://portal@localhost/portal?sslmode=verify-full&sslrootcert=ca.pem'],
])('an address %s is left as it is', (_name, url) => {
  useNetwork({});
  expect(postgresConnection(url)).toEqual({ connectionString: url });
});

test('other parameters, the user and the password stay', () => {
  useNetwork({});
  const login = 'us%40er:p%2Fw';
  const url = `postgres://${login}@db.bank.test/portal?sslmode=verify-full&application_name=the+portal`;
  expect(postgresConnection(url).connectionString).toBe(
    `postgres://${login}@db.bank.test/portal?application_name=the+portal`,
  );
});
