import 'server-only';
import type { KunaCoreClient } from '@/lib/kunacore/client';
import {
  CIRCUIT_OPEN,
  KunaCoreError,
  MalformedResponseError,
  RefusedResponseError,
  RejectedError,
  TimeoutError,
  UnauthorisedError,
  UnreachableError,
} from '@/lib/kunacore/errors';
import { record, traced, traceHeaders } from './telemetry';

/** The path of an endpoint of KunaCore, at the end of the path of the address. */
const ENDPOINT = /\/v2\/[a-z/-]+$/;

/**
 * Returns a fetch for KunaCore's client that reports each request, and sends `traceparent` with it. Reports the path
 * alone: a query may hold ids.
 * @param send looked up at each call, because a framework may have wrapped it since.
 */
export function tracedFetch(send: () => typeof fetch): typeof fetch {
  return (input, init) => {
    const url = new URL(String(input));
    const method = init?.method ?? 'GET';
    const call = {
      'http.request.method': method,
      'url.template': ENDPOINT.exec(url.pathname)?.[0] ?? 'unknown',
      'server.address': url.hostname,
    };
    return traced({ name: `${method} ${call['url.template']}`, kind: 'client', attributes: call }, async (span) => {
      const startedAt = performance.now();
      const finish = (end: { 'http.response.status_code': number } | { 'error.type': string }) => {
        span.set(end);
        record('http.client.request.duration', (performance.now() - startedAt) / 1000, { ...call, ...end });
      };
      try {
        const headers = { ...(init?.headers as Record<string, string>), ...traceHeaders() };
        const response = await send()(input, { ...init, headers });
        finish({ 'http.response.status_code': response.status });
        return response;
      } catch (error) {
        finish({ 'error.type': error instanceof Error ? error.name : 'unknown' });
        throw error;
      }
    });
  };
}

/** Returns a client that counts what every function throws, by endpoint and kind. */
export function countErrors(client: KunaCoreClient): KunaCoreClient {
  const counted = Object.entries(client).map(([name, call]) => [
    name,
    (...args: unknown[]) =>
      (call as (...args: unknown[]) => Promise<unknown>)(...args).catch((error: unknown) => {
        if (error instanceof KunaCoreError)
          record('kuna_portal.kunacore.errors', 1, {
            'url.template': error.endpoint,
            'kuna_portal.error': kindOf(error),
          });
        throw error;
      }),
  ]);
  return Object.fromEntries(counted) as KunaCoreClient;
}

function kindOf(error: KunaCoreError): string {
  if (error instanceof UnreachableError) return error.code === CIRCUIT_OPEN ? 'circuit-open' : 'unreachable';
  if (error instanceof TimeoutError) return 'timeout';
  if (error instanceof MalformedResponseError) return 'malformed';
  if (error instanceof RefusedResponseError) return 'refused';
  if (error instanceof UnauthorisedError) return '401';
  return error instanceof RejectedError && error.status < 500 ? '4xx' : '5xx';
}
