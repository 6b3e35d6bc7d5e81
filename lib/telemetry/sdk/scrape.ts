import 'server-only';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { CollectionResult, MetricReader } from '@opentelemetry/sdk-metrics';

/** Answers Prometheus. */
export type Scrape = (request: IncomingMessage, response: ServerResponse) => void;

/** Returns a reader for Prometheus, and what answers its requests. lib/http/metrics-server.ts listens for them. */
export function prometheus(): { reader: MetricReader; scrape: Scrape } {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer('', false, undefined, false, true);
  const answer = async (response: ServerResponse) => {
    const text = serializer.serialize(withUnits((await reader.collect()).resourceMetrics));
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  };
  return { reader, scrape: (_request, response) => void answer(response).catch(() => response.destroy()) };
}

type ResourceMetrics = CollectionResult['resourceMetrics'];

/**
 * Adds the unit to names, as collectors and Prometheus do for OTLP (OpenTelemetry specification, "Prometheus and OpenMetrics
 * Compatibility"): alerts and dashboards fit both ways.
 */
function withUnits(metrics: ResourceMetrics): ResourceMetrics {
  const scopeMetrics = metrics.scopeMetrics.map((scope) => ({
    ...scope,
    metrics: scope.metrics.map((metric) => {
      const { name, unit } = metric.descriptor;
      const descriptor = { ...metric.descriptor, name: unit === 's' ? `${name}_seconds` : name, unit: '' };
      return { ...metric, descriptor };
    }),
  }));
  return { ...metrics, scopeMetrics };
}
