import 'server-only';
import { context, type Span, SpanKind, SpanStatusCode, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import type { Telemetry } from '../telemetry';
import type { Contexts } from './contexts';

type Traces = Pick<Telemetry, 'traced' | 'current' | 'enterRequestSpan'>;

/** `version-traceid-parentid-flags` (W3C Trace Context 3.2), without the ids of zeros that it forbids. */
const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/;

/** Makes spans. @param contexts the context manager that is registered. */
export function traces(tracer: Tracer, contexts: Contexts): Traces {
  return {
    traced({ name, kind = 'internal', attributes, withinTrace = false }, work) {
      if (withinTrace && !trace.getActiveSpan()?.isRecording()) return work({ set: () => {} });
      const options = { kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL, attributes };
      return tracer.startActiveSpan(name, options, async (span) => {
        try {
          return await work({ set: (more) => span.setAttributes(more) });
        } catch (error) {
          fail(span, error);
          throw error;
        } finally {
          span.end();
        }
      });
    },
    current() {
      const found = trace.getActiveSpan()?.spanContext();
      return found ? { traceId: found.traceId, spanId: found.spanId, flags: found.traceFlags } : null;
    },
    enterRequestSpan({ method, route, requestId, traceparent }) {
      const parent = readTraceparent(traceparent);
      const attributes = { 'http.request.method': method, 'kuna_portal.request_id': requestId };
      const span = tracer.startSpan(
        route ? `${method} ${route}` : method,
        { kind: SpanKind.SERVER, attributes: route ? { ...attributes, 'http.route': route } : attributes },
        parent ? trace.setSpanContext(context.active(), parent) : trace.deleteSpan(context.active()),
      );
      contexts.enter(trace.setSpan(context.active(), span));
      return (status) => {
        span.setAttribute('http.response.status_code', status);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(status));
        span.end();
      };
    },
  };
}

function readTraceparent(header = '') {
  const [, traceId, spanId, flags = '00'] = TRACEPARENT.exec(header) ?? [];
  if (!traceId || !spanId) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
}

/** Marks a span as failed. @param error only its class or code is kept. */
function fail(span: Span, error: unknown): void {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const type = [code, name].find((text) => typeof text === 'string' && /^\w{1,60}$/.test(text));
  span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(type ?? 'unknown'));
}
