import { setImmediate } from 'node:timers/promises';
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { afterEach, expect, test, vi } from 'vitest';
import { createKunaCoreClient } from '@/lib/kunacore/client';
import { json, startServer } from '@/tests/kunacore-server';
import { keepConnectionsWarm } from './warm-connections';

const before = getGlobalDispatcher();
afterEach(async () => {
  vi.useRealTimers();
  const used = getGlobalDispatcher();
  setGlobalDispatcher(before);
  await used.destroy();
});

/** Issues two tokens with a pause between them. @returns how many connections that took. */
async function connectionsOfTwoTokens(pauseMs: number, announced = {}): Promise<number> {
  const server = await startServer((response) => {
    // Otherwise Node announces its own 5 s.
    json(response, 201, { data: { token: 't' } }, { connection: 'keep-alive', ...announced });
  });
  const credentials = { kind: 'api-key', apiKey: 'k' } as const;
  const client = createKunaCoreClient({ apiUrl: server.url, credentials });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const issue = () => client.issueToken({ customerId: 'c-1', userAgent: 'a browser' });
  await issue();
  await setImmediate(); // until the connection is back in the pool
  await vi.advanceTimersByTimeAsync(pauseMs);
  await issue();
  vi.useRealTimers();
  return server.connections();
}

test('two tokens, 50 s apart, use one connection', async () => {
  keepConnectionsWarm();
  expect(await connectionsOfTwoTokens(50_000)).toBe(1);
});

test('a connection that was idle for a minute is not used again', async () => {
  keepConnectionsWarm();
  expect(await connectionsOfTwoTokens(60_000)).toBe(2);
});

test('a server that announces less gets less', async () => {
  keepConnectionsWarm();
  expect(await connectionsOfTwoTokens(10_000, { 'keep-alive': 'timeout=5' })).toBe(2);
});

test('without it, 10 s are too long', async () => {
  setGlobalDispatcher(new Agent());
  expect(await connectionsOfTwoTokens(10_000)).toBe(2);
});
