import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseEnv } from 'node:util';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { log } from '@/lib/log/log';
import { traced } from '@/lib/telemetry/telemetry';
import { useReceiver, useTelemetry } from '@/tests/otlp-receiver';
import { handleIncomingRequests } from './incoming-request';
import { leaveAlone, serveMetrics } from './metrics-server';

let portal: string;

// The portal's request filter, in front of a server that works within a span.
beforeAll(async () => {
  const server = createServer(async ({ url }, response) => {
    await traced({ name: 'work' }, async () => {});
    response.writeHead(url?.startsWith('/unavailable') ? 503 : 200).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  portal = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sample = parseEnv(readFileSync('.env.example', 'utf8'));
  Object.assign(process.env, sample, { NEXTAUTH_URL: portal, LOG_ACCESS: 'on' });
  handleIncomingRequests(() => undefined);
  return () => void server.close();
});

test('reports each request once, by the template of its route and never by its address', async () => {
  const receiver = await useReceiver();
  leaveAlone(receiver.server);
  const telemetry = useTelemetry(receiver.url);
  const info = vi.spyOn(log(), 'info').mockImplementation(() => {});
  onTestFinished(() => info.mockRestore());
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const customer = '/operator/customers/8c4e2f0a-1111-4222-8333-444455556666?code=secret';
  for (const path of [customer, '/unavailable', '/wp-login.php?token=secret', '/api/health/live', '/_next/static/a.js'])
    await (await fetch(portal + path, { headers })).text();
  await expect.poll(() => info.mock.calls.length).toBe(3);
  expect(info.mock.calls.map(([line]) => line)).toEqual([
    { event: 'request', method: 'GET', route: '/operator/customers/[id]', status: 200, ms: expect.any(Number) },
    { event: 'request', method: 'GET', route: '/unavailable', status: 503, ms: expect.any(Number) },
    { event: 'request', method: 'GET', route: undefined, status: 200, ms: expect.any(Number) },
  ]);
  await telemetry.close();
  const requests = receiver.spans.filter(({ kind }) => kind === 2);
  expect(requests.map(({ name, status }) => [name, status])).toEqual([
    ['GET /operator/customers/[id]', 0],
    ['GET /unavailable', 2],
    ['GET', 0],
  ]);
  // No proxy is trusted, so nobody chooses the trace.
  expect(new Set(requests.map(({ traceId }) => traceId)).size).toBe(3);
  expect(requests.map(({ parentId }) => parentId)).toEqual(['', '', '']);
  for (const { traceId, spanId } of requests)
    expect(receiver.spans.find((span) => span.name === 'work' && span.traceId === traceId)?.parentId).toBe(spanId);
  expect(Buffer.concat(receiver.bodies).toString('latin1')).not.toMatch(/8c4e2f0a|secret|wp-login|0af7651916cd/);
});

test('answers Prometheus on a port of its own, past the rules for the portal', async () => {
  const gauges = [{ metric: 'kuna_portal.revocations.pending', value: 3, attributes: {} } as const];
  const { scrape } = useTelemetry('', { traces: 'none', metrics: 'prometheus' }, { gauges });
  if (!scrape) throw new Error('nothing answers');
  const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, scrape);
  onTestFinished(() => void server.close());
  const metrics = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await (await fetch(`${portal}/account?token=secret`)).text();
  const response = await fetch(`${metrics}/metrics`);
  const text = await response.text();
  expect(response.headers.get('content-security-policy')).toBeNull();
  expect(text).toContain('kuna_portal_revocations_pending 3');
  expect(text).toMatch(/^http_server_request_duration_seconds_count\{.*http_route="\/account".*\} 1$/m);
  expect(text).not.toContain('secret');
  for (const [path, method] of [['/'], ['/account'], ['/metrics', 'POST']])
    expect((await fetch(metrics + path, { method })).status).toBe(404);
  expect((await fetch(`${portal}/metrics`)).status).toBe(200);
  await expect(serveMetrics({ host: '127.0.0.1', port: Number(new URL(metrics).port) }, scrape)).rejects.toThrow();
});
