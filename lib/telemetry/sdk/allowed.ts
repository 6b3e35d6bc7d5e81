import 'server-only';
import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { ATTRIBUTES } from '../names';

/** The scope of the portal's own spans. */
export const OWN_SCOPE = 'kuna-portal';

/** Next's span around its own fetch: the portal has one of its own, without the address (lib/telemetry/calls.ts). */
const OF_FETCH = 'AppRender.fetch';

/**
 * Exports spans without anything that is not listed in lib/telemetry/names.ts. Next.js writes whole addresses, with the
 * codes and tokens in their queries, and messages of errors, into its spans.
 */
export function onlyAllowed(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.flatMap(toAllowed), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function toAllowed(span: ReadableSpan): ReadableSpan[] {
  const isOwn = span.instrumentationScope.name === OWN_SCOPE;
  const type = String(span.attributes['next.span_type'] ?? 'unknown');
  if (type === OF_FETCH) return [];
  const allowed = Object.entries(span.attributes).filter(([key]) => Object.hasOwn(ATTRIBUTES, key));
  const changed = {
    name: isOwn ? span.name : type,
    // A request has one server span: the portal's.
    kind: isOwn ? span.kind : SpanKind.INTERNAL,
    attributes: Object.fromEntries(allowed),
    // Messages of errors may repeat what a person typed.
    events: [],
    links: [],
    status: { code: span.status.code },
  };
  const properties = Object.entries(changed).map(([key, value]) => [key, { value, enumerable: true }]);
  return [Object.create(span, Object.fromEntries(properties)) as ReadableSpan];
}
