import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useReceiver, useTelemetry } from '@/tests/otlp-receiver';
import { tracedFetch } from './calls';
import { reportStatements } from './statements';
import { record, switchTelemetry, traced, traceHeaders, traceIds } from './telemetry';

test('does nothing but the work while telemetry is off', async () => {
  switchTelemetry(null);
  expect(await traced({ name: 'kuna_portal.revoke' }, async () => 'done')).toBe('done');
  expect(traceIds()).toBeUndefined();
  expect(traceHeaders()).toEqual({});
  record('kuna_portal.revoke.latency', 1, {});
  const query = async () => [];
  const connection = { query };
  reportStatements(connection);
  expect(connection.query).toBe(query);
});

test('exports a span with its parent, its class of error and its listed attributes', async () => {
  const receiver = await useReceiver();
  const telemetry = useTelemetry(receiver.url, { headers: { authorization: 'Bearer of-the-collector' } });
  const failed = traced({ name: 'kuna_portal.issue_token' }, () =>
    traced({ name: 'kuna_portal.lease', attributes: { 'kuna_portal.outcome': 'busy' } }, async () => {
      throw Object.assign(new Error('of olena@example.com'), { code: 'ECONNREFUSED' });
    }),
  );
  await expect(failed).rejects.toThrow('of olena@example.com');
  await telemetry.close();
  const [inner, outer] = receiver.spans;
  expect(inner).toMatchObject({
    ...{ name: 'kuna_portal.lease', kind: 1, status: 2, message: '', events: 0, traceId: outer?.traceId },
    parentId: outer?.spanId,
    attributes: { 'kuna_portal.outcome': 'busy', 'error.type': 'ECONNREFUSED' },
  });
  expect(inner?.resource).toMatchObject({ 'service.name': 'portal-under-test' });
  expect(receiver.headers[0]).toMatchObject({ authorization: 'Bearer of-the-collector' });
});

test('keeps the context across asynchronous work, and ends it with the request', async () => {
  const receiver = await useReceiver();
  const telemetry = useTelemetry(receiver.url);
  const requests = [1, 2].map(async (number) => {
    await sleep(0);
    const start = { method: 'GET', route: '/account', requestId: String(number), traceparent: undefined };
    const end = telemetry.enterRequestSpan(start);
    await traced({ name: `inner ${number}` }, () => sleep(1));
    end(number === 1 ? 200 : 503);
    return traceIds()?.trace_id;
  });
  const ids = await Promise.all(requests);
  expect(new Set(ids).size).toBe(2);
  await telemetry.close();
  const servers = receiver.spans.filter(({ kind }) => kind === 2);
  expect(servers.map(({ name, status, parentId }) => [name, status, parentId])).toEqual([
    ['GET /account', 0, ''],
    ['GET /account', 2, ''],
  ]);
  for (const number of [1, 2]) {
    const inner = receiver.spans.find(({ name }) => name === `inner ${number}`);
    expect(inner?.traceId).toBe(ids[number - 1]);
  }
});

test.each([
  ['continues a trace', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', true],
  [
    'continues an unsampled trace without exporting it',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
    null,
  ],
  ['ignores ids of zeros', '00-00000000000000000000000000000000-b7ad6b7169203331-01', false],
  ['ignores what is no traceparent', "' or 1=1", false],
])('%s', async (_title, traceparent, continues) => {
  const receiver = await useReceiver();
  const telemetry = useTelemetry(receiver.url);
  await sleep(0);
  telemetry.enterRequestSpan({ method: 'GET', route: undefined, requestId: 'r', traceparent })(404);
  await telemetry.close();
  if (continues === null) return expect(receiver.spans).toEqual([]);
  expect(receiver.spans[0]?.name).toBe('GET');
  expect(receiver.spans[0]?.traceId === '0af7651916cd43dd8448eb211c80319c').toBe(continues);
});

test('sends traceparent to KunaCore, and reports the path without the query', async () => {
  const receiver = await useReceiver();
  const telemetry = useTelemetry(receiver.url);
  const sent: Record<string, string>[] = [];
  const send = (async (_input, init) => {
    sent.push(init?.headers as Record<string, string>);
    return new Response('{}', { status: 201 });
  }) as typeof fetch;
  const call = tracedFetch(() => send);
  await call('https://api.kunacore.example/base/v2/operation/find?skip=5', {
    method: 'POST',
    headers: { 'api-key': 'secret' },
  });
  await telemetry.close();
  const [span] = receiver.spans;
  expect(sent).toEqual([{ 'api-key': 'secret', traceparent: `00-${span?.traceId}-${span?.spanId}-01` }]);
  expect(span).toMatchObject({
    ...{ name: 'POST /v2/operation/find', kind: 3 },
    attributes: {
      'http.request.method': 'POST',
      'url.template': '/v2/operation/find',
      'server.address': 'api.kunacore.example',
      'http.response.status_code': 201,
    },
  });
  expect(receiver.points.filter(({ name }) => name === 'http.client.request.duration')).toHaveLength(1);
  expect(Buffer.concat(receiver.bodies).toString('latin1')).not.toMatch(/skip|secret/);
});

test('reports statements by operation and table, in both styles of the drivers, and only within a trace', async () => {
  const receiver = await useReceiver();
  const telemetry = useTelemetry(receiver.url);
  const failure = Object.assign(new Error('duplicate olena@example.com'), { code: '23505' });
  const connection = {
    query: (_statement: unknown, _values: unknown, callback?: (error: unknown, result?: unknown) => void) =>
      callback ? callback(failure) : Promise.resolve('rows'),
  };
  reportStatements(connection);
  expect(await connection.query('select "id" from "users" where "email" = $1', ['olena@example.com'])).toBe('rows');
  await traced({ name: 'kuna_portal.revoke' }, async () => {
    expect(await connection.query({ text: 'update "sessions" set "mac" = $1' }, ['x'])).toBe('rows');
    await new Promise<void>((resolve) => {
      connection.query('insert into "users" values ($1)', [], (error) => {
        expect(error).toBe(failure);
        resolve();
      });
    });
  });
  await telemetry.close();
  expect(receiver.spans.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
    ['UPDATE sessions', undefined],
    ['INSERT users', '23505'],
    ['kuna_portal.revoke', undefined],
  ]);
  const counted = receiver.points.filter(({ name }) => name === 'db.client.operation.duration');
  expect(counted.map(({ attributes }) => attributes['db.operation.name']).sort()).toEqual([
    'INSERT',
    'SELECT',
    'UPDATE',
  ]);
  expect(Buffer.concat(receiver.bodies).toString('latin1')).not.toContain('olena');
});

test.each(['unavailable', 'refusing', 'garbage', 'endless', 'silent'] as const)(
  'work goes on while the collector is %s, and spans that find no room are dropped',
  async (mood) => {
    const receiver = await useReceiver();
    receiver.mood = mood;
    const problems: (string | undefined)[] = [];
    const telemetry = useTelemetry(receiver.url, { spanDelayMs: 10 }, { onProblem: (code) => problems.push(code) });
    for (let burst = 0; burst < 6; burst += 1) {
      for (let span = 0; span < 500; span += 1) await traced({ name: 'kuna_portal.lease' }, async () => {});
      await sleep(0);
    }
    if (mood === 'refusing') await expect.poll(() => problems).toContain('400');
    receiver.mood = 'good';
    void telemetry.close();
    await expect.poll(() => receiver.spans.length).toBeGreaterThan(0);
    // The queue, and a batch that was on its way.
    expect(receiver.spans.length).toBeLessThanOrEqual(2_048 + 512);
  },
);
