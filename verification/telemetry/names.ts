// The names of the metrics as Prometheus has them, and as alerts, dashboard and documents use them.
import { METRICS } from '@/lib/telemetry/names';

/** Returns the names of a metric's series: dots become underscores, the unit and the kind are suffixes. */
export function seriesOf(metric: string): string[] {
  const found = METRICS[metric as keyof typeof METRICS];
  const name = metric.replaceAll('.', '_') + (found.unit === 's' ? '_seconds' : '');
  if (found.kind === 'counter') return [`${name}_total`];
  return found.kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name];
}

/** Every series of the portal, with the labels that it may have. */
export const SERIES = new Map(
  Object.entries(METRICS).flatMap(([metric, { attributes }]) =>
    seriesOf(metric).map((name) => [name, attributes.map((key) => key.replaceAll('.', '_'))] as const),
  ),
);

/** Labels that Prometheus adds, and the bound of a bucket. */
const OTHER_LABELS = ['instance', 'job', 'le'];

/** Returns what a query names that the portal does not export. */
export function unknownIn(query: string): string[] {
  const found: string[] = [];
  for (const [, name = '', selectors = ''] of query.matchAll(/\b((?:kuna_portal|http|db)_\w+)(?:\{([^}]*)\})?/g)) {
    const labels = SERIES.get(name);
    const isLabel = [...SERIES.values()].some((known) => known.includes(name));
    if (!labels && !isLabel) found.push(name);
    for (const [, label = ''] of selectors.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
      if (labels && ![...labels, ...OTHER_LABELS].includes(label)) found.push(`${name}{${label}}`);
  }
  return found;
}
