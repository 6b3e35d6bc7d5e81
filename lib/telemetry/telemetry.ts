import 'server-only';
import { singleton } from '@/lib/singleton';
import type { Attributes, AttributesOf, RecordedName } from './names';

// What the portal reports, without OpenTelemetry: its packages are loaded by lib/telemetry/sdk, and only where the
// settings ask for them. Until then every function here does nothing but the work.

/** A span that is not over yet. */
export interface OpenSpan {
  set(attributes: Attributes): void;
}

/** A new span. */
export interface SpanStart {
  name: string;
  kind?: 'internal' | 'client';
  attributes?: Attributes;
  /** Only a part of a trace: on its own it would say little, and there are many. */
  withinTrace?: boolean;
}

/** A request that has come in. */
export interface RequestStart {
  method: string;
  /** The template of its route; undefined when unknown. */
  route: string | undefined;
  requestId: string;
  /** The `traceparent` of a trusted proxy. */
  traceparent: string | undefined;
}

/** What lib/telemetry/sdk does. */
export interface Telemetry {
  traced<T>(start: SpanStart, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  record<K extends RecordedName>(metric: K, value: number, attributes: AttributesOf<K>): void;
  /** Starts the span of a request, for everything that it causes. @returns a function that ends it. */
  enterRequestSpan(start: RequestStart): (status: number) => void;
  /** Returns the trace and span that run now; null outside of a trace. */
  current(): { traceId: string; spanId: string; flags: number } | null;
}

/** Shared by all of Next's bundles. Null while telemetry is off. */
const telemetry = singleton('telemetry', (): { on: Telemetry | null } => ({ on: null }));

/** Switches telemetry on, or off with null. */
export function switchTelemetry(on: Telemetry | null): void {
  telemetry.on = on;
}

/** Returns whether telemetry is on. */
export function isTelemetryOn(): boolean {
  return telemetry.on !== null;
}

const NO_SPAN: OpenSpan = { set: () => {} };

/** Does the work within a span. An error of the work is recorded by its class, and thrown. */
export function traced<T>(start: SpanStart, work: (span: OpenSpan) => Promise<T>): Promise<T> {
  return telemetry.on ? telemetry.on.traced(start, work) : work(NO_SPAN);
}

/** Records a value of a metric: adds to a counter, or gives a histogram one more. */
export function record<K extends RecordedName>(metric: K, value: number, attributes: AttributesOf<K>): void {
  telemetry.on?.record(metric, value, attributes);
}

/** Starts the span of a request. @returns a function that ends it; undefined while telemetry is off. */
export function enterRequestSpan(start: RequestStart): ((status: number) => void) | undefined {
  return telemetry.on?.enterRequestSpan(start);
}

/** Returns the ids that the log writes with a line: none outside of a trace. */
export function traceIds(): { trace_id: string; span_id: string } | undefined {
  const current = telemetry.on?.current();
  return current ? { trace_id: current.traceId, span_id: current.spanId } : undefined;
}

/** Returns the header that continues the trace at KunaCore (W3C Trace Context 3.2): none outside of a trace. */
export function traceHeaders(): Record<string, string> {
  const current = telemetry.on?.current();
  if (!current) return {};
  return { traceparent: `00-${current.traceId}-${current.spanId}-${String(current.flags & 1).padStart(2, '0')}` };
}
