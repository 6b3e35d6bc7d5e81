// Runs on PostgreSQL only (npm run test:postgres): wake signals between instances.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { parseEnv } from 'node:util';
import { Client } from 'pg';
import { afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { log } from '@/lib/log/log';
import { startTcpProxy } from '@/tests/tcp-proxy';
import { WakeChannel } from './wake-channel';

const SERVER = process.env.TEST_DATABASE_URL ?? '';

beforeAll(() => {
  // Its log needs a configuration.
  Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')), { LOG_LEVEL: 'silent' });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Opens the channel of one instance. Returns once it listens, with the signals that it receives from then on. */
async function openChannel(url = SERVER) {
  const onWake = vi.fn();
  const channel = new WakeChannel(url, onWake);
  onTestFinished(() => channel.close());
  // The first call says that signals may have been missed.
  await vi.waitFor(() => expect(onWake).toHaveBeenCalledTimes(1));
  onWake.mockClear();
  return { channel, onWake };
}

/** Returns the server's address at another port. */
function at(port: number): string {
  const url = new URL(SERVER);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.href;
}

async function startProxy() {
  const { hostname, port } = new URL(SERVER);
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  onTestFinished(() => proxy.close());
  return proxy;
}

test('wakes the other instances, and not the sender', async () => {
  const sender = await openChannel();
  const others = [await openChannel(), await openChannel()];
  sender.channel.send();
  for (const { onWake } of others) await vi.waitFor(() => expect(onWake).toHaveBeenCalledTimes(1));
  // A second one, from another instance: the sender's own signal would have come before it.
  others[0]?.channel.send();
  await vi.waitFor(() => expect(sender.onWake).toHaveBeenCalled());
  expect(sender.onWake).toHaveBeenCalledTimes(1);
});

test('sends many signals as few, and the last one after the last call', async () => {
  const [sender, other] = [await openChannel(), await openChannel()];
  const statements = vi.spyOn(Client.prototype, 'query');
  for (let count = 0; count < 1_000; count += 1) sender.channel.send();
  await vi.waitFor(() => expect(other.onWake).toHaveBeenCalledTimes(2));
  expect(statements).toHaveBeenCalledTimes(2);
});

test('listens again after its connection is cut, and then wakes once for what it may have missed', async () => {
  const proxy = await startProxy();
  const [sender, other] = [await openChannel(), await openChannel(at(proxy.port))];
  proxy.cut();
  await vi.waitFor(() => expect(other.onWake).toHaveBeenCalledTimes(1), { timeout: 10_000 });
  sender.channel.send();
  await vi.waitFor(() => expect(other.onWake).toHaveBeenCalledTimes(2));
});

test('gives up a connection that went silent, and sends on the next one', async () => {
  const proxy = await startProxy();
  const [sender, other] = [await openChannel(at(proxy.port)), await openChannel()];
  proxy.network = 'hang';
  const warning = vi.spyOn(log(), 'warn');
  expect(sender.channel.send()).toBeUndefined();
  await vi.waitFor(() => expect(other.onWake).toHaveBeenCalledTimes(1));
  // The response is lost, and so is that of the next connection.
  await vi.waitFor(() => expect(warning).toHaveBeenCalled(), { timeout: 20_000 });
  proxy.network = 'pass';
  await vi.waitFor(() => expect(sender.onWake).toHaveBeenCalledTimes(1), { timeout: 20_000 });
  sender.channel.send();
  await vi.waitFor(() => expect(other.onWake).toHaveBeenCalledTimes(2));
});

test('logs a refused connection once, and listens when the server is back', async () => {
  const warning = vi.spyOn(log(), 'warn');
  const proxy = await startProxy();
  proxy.network = 'refuse';
  const onWake = vi.fn();
  const channel = new WakeChannel(at(proxy.port), onWake);
  onTestFinished(() => channel.close());
  expect(channel.send()).toBeUndefined();
  await vi.waitFor(() => expect(warning).toHaveBeenCalled());
  expect(warning).toHaveBeenCalledWith(expect.objectContaining({ event: 'wake_signals_missed' }));
  proxy.network = 'pass';
  await vi.waitFor(() => expect(onWake).toHaveBeenCalledTimes(1), { timeout: 20_000 });
  expect(warning).toHaveBeenCalledTimes(1);
});

test('does not listen behind a pooler, which announces a process id of its own', async () => {
  const warning = vi.spyOn(log(), 'warn');
  const port = await startPooler();
  const channel = new WakeChannel(at(port), () => expect.unreachable());
  onTestFinished(() => channel.close());
  const statements = vi.spyOn(Client.prototype, 'query');
  await vi.waitFor(() => expect(warning).toHaveBeenCalled());
  expect(warning).toHaveBeenCalledWith({ event: 'wake_signals_missed', error: { kind: 'PoolerError' } });
  channel.send();
  expect(statements).not.toHaveBeenCalledWith(expect.stringMatching(/listen|notify/));
});

/** Starts a proxy that changes the process id in BackendKeyData, as PgBouncer does. */
async function startPooler(): Promise<number> {
  const { hostname, port } = new URL(SERVER);
  const pooler = createServer((client) => {
    const server = connect(Number(port), hostname);
    client.pipe(server);
    server.on('data', (chunk: Buffer) => {
      const key = chunk.indexOf(Buffer.from('K\0\0\0\x0c'));
      if (key >= 0) chunk.writeInt32BE(7, key + 5);
      client.write(chunk);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('error', () => {}).on('close', () => other.destroy());
  });
  pooler.listen(0, '127.0.0.1');
  await once(pooler, 'listening');
  onTestFinished(() => {
    pooler.close();
  });
  return (pooler.address() as AddressInfo).port;
}
