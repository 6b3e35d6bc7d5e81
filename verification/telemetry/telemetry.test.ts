import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { METRICS } from '@/lib/telemetry/names';
import { seriesOf, unknownIn } from './names';
import { drawn } from './tables';

const read = (file: string) => readFileSync(file, 'utf8');
const alerts = read('deploy/monitoring/alerts.yaml');
const dashboard = read('deploy/monitoring/dashboard.json');

/** The names of the alert rules. */
const names = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);

test('the tables of docs/telemetry.md are those of the code: npm run --prefix verification telemetry', () => {
  expect(drawn(read('docs/telemetry.md'))).toBe(read('docs/telemetry.md'));
});

test('alerts and dashboard name only series and labels that the portal exports', () => {
  const queries = (JSON.parse(dashboard) as Dashboard).panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr),
  );
  expect(queries.length).toBeGreaterThan(10);
  expect(unknownIn(alerts)).toEqual([]);
  expect(unknownIn(queries.join('\n'))).toEqual([]);
  expect(unknownIn('kuna_portal_revocations_pendnig + kuna_portal_sign_ins_total{user="1"}')).toEqual([
    'kuna_portal_revocations_pendnig',
    'kuna_portal_sign_ins_total{user}',
  ]);
});

interface Dashboard {
  panels: { targets?: { expr: string }[] }[];
}

test('every metric is shown on the dashboard, and can be found there by its own panel', () => {
  const missing = Object.keys(METRICS).filter((metric) => !seriesOf(metric).some((name) => dashboard.includes(name)));
  expect(missing).toEqual([]);
});

test('every alert has a case that fires, one that does not, and a chapter of the runbook', () => {
  const cases = read('deploy/monitoring/alerts.test.yaml');
  const runbook = read('docs/operations.md');
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) {
    expect(cases).toMatch(new RegExp(`name: .${name} fires`));
    expect(cases).toMatch(new RegExp(`name: .${name} stays quiet`));
    expect(runbook).toMatch(new RegExp(`^### ${name}$`, 'm'));
  }
});
