import 'server-only';
import type { Attributes, Meter } from '@opentelemetry/api';
import { type AttributesOf, DURATION_BOUNDS, type GaugeName, METRICS, type MetricName } from '../names';
import type { Telemetry } from '../telemetry';

/** Values of a gauge, each with its attributes. */
export type Reading<K extends GaugeName = GaugeName> = { metric: K; value: number; attributes: AttributesOf<K> };
/** Reads all gauges. Called before each export. */
export type ReadGauges = () => Promise<Reading[]>;

/** Makes the instruments of every metric, and observes the gauges. */
export function metrics(meter: Meter, readGauges: ReadGauges): Pick<Telemetry, 'record'> {
  const recorders = new Map<MetricName, (value: number, attributes: Attributes) => void>();
  const gauges = new Map<MetricName, ReturnType<Meter['createObservableGauge']>>();
  for (const [name, { kind, unit, description }] of Object.entries(METRICS)) {
    const metric = name as MetricName;
    if (kind === 'gauge') gauges.set(metric, meter.createObservableGauge(name, { unit, description }));
    else recorders.set(metric, createRecorder(meter, metric));
  }
  meter.addBatchObservableCallback(
    async (result) => {
      for (const { metric, value, attributes } of await readGauges()) {
        const gauge = gauges.get(metric);
        if (gauge) result.observe(gauge, value, attributes);
      }
    },
    [...gauges.values()],
  );
  return { record: (metric, value, attributes) => recorders.get(metric)?.(value, attributes as Attributes) };
}

function createRecorder(meter: Meter, metric: MetricName): (value: number, attributes: Attributes) => void {
  const { kind, unit, description } = METRICS[metric];
  if (kind === 'counter') {
    const counter = meter.createCounter(metric, { unit, description });
    return (value, attributes) => counter.add(value, attributes);
  }
  const histogram = meter.createHistogram(metric, {
    ...{ unit, description },
    advice: { explicitBucketBoundaries: DURATION_BOUNDS },
  });
  return (value, attributes) => histogram.record(value, attributes);
}
