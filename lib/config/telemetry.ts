import 'server-only';
import type { TelemetrySettings } from '@/lib/telemetry/settings';
import type { Environment } from './environment';

/** Returns the settings; null when nothing is to be exported, which is the default. */
export function toTelemetry(env: Environment): TelemetrySettings | null {
  if (env.OTEL_SDK_DISABLED === 'true') return null;
  const otlp = env.OTEL_EXPORTER_OTLP_ENDPOINT ? 'otlp' : 'none';
  const traces = env.OTEL_TRACES_EXPORTER ?? otlp;
  const metrics = env.OTEL_METRICS_EXPORTER ?? otlp;
  if (traces === 'none' && metrics === 'none') return null;
  return {
    serviceName: env.OTEL_SERVICE_NAME,
    resource: env.OTEL_RESOURCE_ATTRIBUTES,
    traces,
    metrics,
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS,
    prometheus: { host: env.OTEL_EXPORTER_PROMETHEUS_HOST, port: env.OTEL_EXPORTER_PROMETHEUS_PORT },
    sampler: env.OTEL_TRACES_SAMPLER,
    samplerArg: env.OTEL_TRACES_SAMPLER_ARG,
    metricIntervalMs: env.OTEL_METRIC_EXPORT_INTERVAL,
    spanDelayMs: env.OTEL_BSP_SCHEDULE_DELAY,
  };
}

/** Reads `key=value` pairs, separated by commas, percent-encoded (OpenTelemetry specification, environment variables). */
export function toPairs(text: string): Record<string, string> | null {
  const pairs = text.split(',').map((pair) => /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(pair));
  try {
    return pairs.every((pair) => pair !== null)
      ? Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, decodeURIComponent(value)]))
      : null;
  } catch {
    return null;
  }
}
