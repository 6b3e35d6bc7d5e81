import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { ConfigError, parseConfig } from './config';

const sample = parseEnv(readFileSync('.env.example', 'utf8'));
const parse = (change: Record<string, string>) => parseConfig({ ...sample, ...change });

function problemsOf(change: Record<string, string>): Record<string, string> {
  try {
    parse(change);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ variable, problem }) => [variable, problem]));
  }
}

const COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel-collector:4318/' };

test('exports nothing by default, and nothing when switched off', () => {
  expect(parse({}).telemetry).toBeNull();
  expect(parse({ ...COLLECTOR, OTEL_SDK_DISABLED: 'true' }).telemetry).toBeNull();
  expect(parse({ ...COLLECTOR, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }).telemetry).toBeNull();
});

test('exports both to the collector, or metrics to Prometheus', () => {
  const telemetry = parse({
    ...COLLECTOR,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc, x-tenant = bank',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.1',
  }).telemetry;
  expect(telemetry).toMatchObject({
    ...{ traces: 'otlp', metrics: 'otlp', endpoint: 'http://otel-collector:4318', samplerArg: 0.1 },
    headers: { authorization: 'Bearer abc', 'x-tenant': 'bank' },
    resource: { 'deployment.environment.name': 'production' },
  });
  expect(parse({ OTEL_METRICS_EXPORTER: 'prometheus' }).telemetry).toMatchObject({
    ...{ traces: 'none', metrics: 'prometheus', prometheus: { host: '127.0.0.1', port: 9464 } },
  });
});

test.each([
  ['https://collector.example', true],
  ['http://127.0.0.1:4318', true],
  ['http://otel-collector:4318', true],
  ['http://collector.monitoring.svc:4318', true],
  ['http://collector.monitoring.svc.cluster.local:4318', true],
  ['http://10.1.2.3:4318', true],
  ['http://172.31.0.1:4318', true],
  ['http://[fd00::1]:4318', true],
  ['http://collector.example', false],
  ['http://172.32.0.1:4318', false],
  ['http://8.8.8.8:4318', false],
  ['http://[2001:db8::1]:4318', false],
  ['https://user:password@collector.example', false],
  ['collector:4318', false],
  ['https://collector.example?key=1', false],
])('the endpoint %s is accepted: %s', (endpoint, isAccepted) => {
  expect('OTEL_EXPORTER_OTLP_ENDPOINT' in problemsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toBe(!isAccepted);
});

test.each([
  [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'OTEL_TRACES_EXPORTER'],
  [{ OTEL_METRICS_EXPORTER: 'statsd' }, 'OTEL_METRICS_EXPORTER'],
  [{ ...COLLECTOR, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  [{ ...COLLECTOR, OTEL_EXPORTER_OTLP_HEADERS: 'Bearer abc' }, 'OTEL_EXPORTER_OTLP_HEADERS'],
  [{ ...COLLECTOR, OTEL_TRACES_SAMPLER: 'jaeger_remote' }, 'OTEL_TRACES_SAMPLER'],
  [{ ...COLLECTOR, OTEL_TRACES_SAMPLER_ARG: '10%' }, 'OTEL_TRACES_SAMPLER_ARG'],
  [{ OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '3000' }, 'OTEL_EXPORTER_PROMETHEUS_PORT'],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'production' }, 'OTEL_RESOURCE_ATTRIBUTES'],
])('refuses %o, and never shows a value', (change, variable) => {
  expect(Object.keys(problemsOf(change))).toEqual([variable]);
  expect(problemsOf(change)[variable]).not.toContain('abc');
});

test('names the settings of OpenTelemetry that it does not read', () => {
  expect(parse({ OTEL_EXPORTER_OTLP_ENDPONT: 'http://x', OTEL_LOG_LEVEL: 'debug' }).ignoredSettings).toEqual([
    'OTEL_EXPORTER_OTLP_ENDPONT',
    'OTEL_LOG_LEVEL',
  ]);
});
