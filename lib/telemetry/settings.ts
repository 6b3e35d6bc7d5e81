/** The samplers of the OpenTelemetry specification that need no server. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Where traces and metrics go. */
export interface TelemetrySettings {
  serviceName: string;
  resource: Record<string, string>;
  traces: 'otlp' | 'none';
  metrics: 'otlp' | 'prometheus' | 'none';
  endpoint: string;
  headers: Record<string, string>;
  prometheus: { host: string; port: number };
  sampler: (typeof SAMPLERS)[number];
  samplerArg: number;
  metricIntervalMs: number;
  spanDelayMs: number;
}
