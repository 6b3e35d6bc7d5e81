import 'server-only';
import { context, type DiagLogger, DiagLogLevel, diag, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, resourceFromAttributes, serviceInstanceIdDetector } from '@opentelemetry/resources';
import { type IMetricReader, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TelemetrySettings } from '../settings';
import type { Telemetry } from '../telemetry';
import { OWN_SCOPE, onlyAllowed } from './allowed';
import { Contexts } from './contexts';
import { metrics, type ReadGauges } from './metrics';
import { prometheus, type Scrape } from './scrape';
import { traces } from './traces';

/** How long an export may take. A collector that hangs costs one connection. */
const EXPORT_MS = 5_000;
/** Spans that wait for their export. Further ones are dropped, so that a collector that is down costs no more memory. */
const MOST_WAITING = 2_048;
/** Telemetry that is open. */
export interface OpenTelemetry extends Telemetry {
  /** Null unless Prometheus scrapes the metrics. */
  scrape: Scrape | null;
  /** Exports what is collected, and ends. Never rejects. */
  close(): Promise<void>;
}

/**
 * Starts traces and metrics as the settings say, and gives Next.js the tracer for its own spans.
 * @param onProblem is called whenever an export fails, with the code of Node or the status of the response, if any.
 */
export function openTelemetry(
  settings: TelemetrySettings,
  readGauges: ReadGauges,
  onProblem: (code: string | undefined) => void,
): OpenTelemetry {
  diag.setLogger(onlyProblems(onProblem), { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  const resource = resourceFromAttributes({
    ...settings.resource,
    'service.name': settings.serviceName,
  }).merge(detectResources({ detectors: [serviceInstanceIdDetector] }));
  const contexts = new Contexts();
  const tracer = settings.traces === 'otlp' ? openTracer(settings, resource, contexts) : null;
  const { reader, scrape } = openReader(settings);
  const meters = new MeterProvider({ resource, readers: reader ? [reader] : [] });
  const meter = meters.getMeter(OWN_SCOPE);
  return {
    ...(tracer ? traces(tracer.provider.getTracer(OWN_SCOPE), contexts) : NO_TRACES),
    ...metrics(meter, readGauges),
    scrape,
    async close() {
      await Promise.allSettled([tracer?.provider.shutdown(), meters.shutdown()]);
      trace.disable();
      context.disable();
      diag.disable();
    },
  };
}

/** Metrics alone. */
const NO_TRACES: Pick<Telemetry, 'traced' | 'current' | 'enterRequestSpan'> = {
  traced: (_start, work) => work({ set: () => {} }),
  current: () => null,
  enterRequestSpan: () => () => {},
};

type Resource = ReturnType<typeof resourceFromAttributes>;

function openTracer(settings: TelemetrySettings, resource: Resource, contexts: Contexts) {
  const exporter = new OTLPTraceExporter({ ...otlp(settings, 'traces'), timeoutMillis: EXPORT_MS });
  const processor = new BatchSpanProcessor({
    exporter: onlyAllowed(exporter),
    scheduledDelayMillis: settings.spanDelayMs,
    exportTimeoutMillis: EXPORT_MS,
    maxQueueSize: MOST_WAITING,
  });
  const provider = new TracerProvider({
    resource,
    sampler: withinRequests(toSampler(settings)),
    spanProcessors: [processor],
  });
  context.setGlobalContextManager(contexts);
  // Next.js asks for it at its first span. No propagator is registered: incoming-request.ts decides whom to trust.
  trace.setGlobalTracerProvider(provider);
  return { provider };
}

function openReader(settings: TelemetrySettings): { reader: IMetricReader | null; scrape: Scrape | null } {
  if (settings.metrics === 'none') return { reader: null, scrape: null };
  if (settings.metrics === 'prometheus') return prometheus();
  const exporter = new OTLPMetricExporter({ ...otlp(settings, 'metrics'), timeoutMillis: EXPORT_MS });
  const intervals = {
    exportIntervalMillis: settings.metricIntervalMs,
    exportTimeoutMillis: Math.min(EXPORT_MS, settings.metricIntervalMs),
  };
  return { reader: new PeriodicExportingMetricReader({ exporter, ...intervals }), scrape: null };
}

function otlp({ endpoint, headers }: TelemetrySettings, signal: 'traces' | 'metrics') {
  return { url: `${endpoint}/v1/${signal}`, headers };
}

/**
 * Samples Next's spans only within a sampled request of ours. Health checks and static files have none, and Next would start
 * a trace for each.
 */
function withinRequests(sampler: Sampler): Sampler {
  return {
    shouldSample(parent, traceId, name, kind, attributes, links) {
      const isSampled = ((trace.getSpanContext(parent)?.traceFlags ?? 0) & TraceFlags.SAMPLED) !== 0;
      if ('next.span_type' in attributes && !isSampled) return { decision: SamplingDecision.NOT_RECORD };
      return sampler.shouldSample(parent, traceId, name, kind, attributes, links);
    },
    toString: () => `within requests: ${sampler}`,
  };
}

function toSampler({ sampler, samplerArg }: TelemetrySettings): Sampler {
  const root: Sampler = sampler.endsWith('always_off')
    ? new AlwaysOffSampler()
    : sampler.endsWith('traceidratio')
      ? new TraceIdRatioBasedSampler(samplerArg)
      : new AlwaysOnSampler();
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

/** Passes on that something is wrong, and its code. The SDK's text may hold the response of a stranger. */
function onlyProblems(onProblem: (code: string | undefined) => void): DiagLogger {
  const report = (...texts: unknown[]) => onProblem(/"code":"?(\w{1,40})/.exec(texts.join(' '))?.[1]);
  const ignore = () => {};
  // Warnings are about spans that end while Next still adds to them.
  return { error: report, warn: ignore, info: ignore, debug: ignore, verbose: ignore };
}
