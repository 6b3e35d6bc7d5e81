import 'server-only';
import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { config } from '@/lib/config/config';
import { log } from '@/lib/log/log';
import { enterRequestSpan, isTelemetryOn, record } from '@/lib/telemetry/telemetry';
import { routeTemplate } from './route-template';

/** Health checks and static files: many, alike, and nobody asks about one. */
const UNREPORTED = /^\/(_next\/static\/|api\/health\/)/;

/** The methods that may be reported as they came (semantic conventions, `http.request.method`). */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT']);

/**
 * Reports a request at its end: span, metric and, with LOG_ACCESS=on, a line in the log. All have the template of its route,
 * never its address: paths name customers, and queries hold the codes and tokens of sign-ins.
 * @param path without the query, as Next will see it.
 */
export function reportRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { path, requestId }: { path: string; requestId: string },
): void {
  const { logsAccess } = config();
  if ((!isTelemetryOn() && !logsAccess) || UNREPORTED.test(path)) return;
  const startedAt = performance.now();
  const method = METHODS.has(request.method ?? '') ? (request.method ?? '') : '_OTHER';
  const route = routeTemplate(path);
  const endSpan = enterRequestSpan({ method, route, requestId, traceparent: trustedTraceparent(request) });
  // Node emits it outside of the request's context, which the log needs.
  const finish = AsyncResource.bind(() => {
    const milliseconds = performance.now() - startedAt;
    const { statusCode: status } = response;
    // The client went away before there was a response.
    const isUnanswered = !response.headersSent;
    if (logsAccess)
      log().info({
        event: 'request',
        method,
        route,
        status: isUnanswered ? null : status,
        ms: Math.round(milliseconds),
      });
    const known = { 'http.request.method': method, 'http.response.status_code': isUnanswered ? 499 : status };
    record('http.server.request.duration', milliseconds / 1000, route ? { ...known, 'http.route': route } : known);
    endSpan?.(known['http.response.status_code']);
  });
  response.once('close', finish);
}

/**
 * Returns the trace that a proxy of the institution has begun. Without a proxy the header comes from a client: it could
 * give its requests the trace of another person's, and have all of them sampled.
 */
function trustedTraceparent({ headers }: IncomingMessage): string | undefined {
  const { traceparent } = headers;
  return config().trustedProxyHops > 0 && typeof traceparent === 'string' ? traceparent : undefined;
}
