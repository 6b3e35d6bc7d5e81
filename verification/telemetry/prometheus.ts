// npm run --prefix verification prometheus: has Debian's Prometheus check the alert rules, try them on series that fire them
// and series that do not, and scrape a running portal. Needs `npm run build` and Debian's package `prometheus`.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PORTAL } from '../../e2e/stack';
import { withPortal } from '../with-portal';
import { SERIES } from './names';

const FOLDER = 'deploy/monitoring';
const SHIFT = Number(process.env.TEST_PORT_SHIFT ?? 0);
const SCRAPED = String(9464 + SHIFT);
const ADDRESS = `127.0.0.1:${9490 + SHIFT}`;

const promtool = (...args: string[]) => execFileSync('promtool', args, { cwd: FOLDER, encoding: 'utf8' }).trim();

console.log(promtool('check', 'rules', 'alerts.yaml'));
console.log(promtool('check', 'config', 'prometheus.yaml'));
console.log(promtool('test', 'rules', 'alerts.test.yaml'));

const folder = mkdtempSync(path.join(tmpdir(), 'prometheus-'));
const config = readFileSync(path.join(FOLDER, 'prometheus.yaml'), 'utf8')
  .replace(/targets: .*/, `targets: ['127.0.0.1:${SCRAPED}']`)
  .replace('scrape_interval: 15s', 'scrape_interval: 1s\n  evaluation_interval: 1s');
writeFileSync(path.join(folder, 'prometheus.yaml'), config);
copyFileSync(path.join(FOLDER, 'alerts.yaml'), path.join(folder, 'alerts.yaml'));

const settings = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: SCRAPED };
await withPortal(async () => {
  const text = await (await fetch(`http://127.0.0.1:${SCRAPED}/metrics`)).text();
  execFileSync('promtool', ['check', 'metrics'], { input: text, stdio: ['pipe', 'inherit', 'inherit'] });
  const args = [`--config.file=${folder}/prometheus.yaml`, `--storage.tsdb.path=${folder}/data`];
  const prometheus = spawn('prometheus', [...args, `--web.listen-address=${ADDRESS}`, '--log.level=error'], {
    stdio: 'inherit',
  });
  try {
    await scrape();
  } finally {
    prometheus.kill('SIGTERM');
  }
}, settings).finally(() => rmSync(folder, { recursive: true, force: true }));

/** Waits until Prometheus has scraped the portal and every alert is quiet, and prints what it has. */
async function scrape(): Promise<void> {
  let loud: string[] = [];
  for (let tries = 0; ; tries += 1) {
    for (const page of ['/', '/sign-in', '/account', '/nowhere'])
      await fetch(PORTAL.origin + page, { redirect: 'manual' });
    const names = await ask<string[]>('label/__name__/values').catch((): string[] => []);
    const found = [...SERIES.keys()].filter((name) => names.includes(name));
    if (found.includes('kuna_portal_revocations_pending') && tries > 3) {
      const { groups } = await ask<{ groups: { rules: { name: string; state: string; health: string }[] }[] }>('rules');
      const rules = groups.flatMap((group) => group.rules);
      // Before the first scrape, the alert for missing series is not quiet.
      loud = rules.filter(({ state, health }) => state !== 'inactive' || health !== 'ok').map(({ name }) => name);
      if (loud.length === 0) {
        console.log(`scraped ${found.length} of ${SERIES.size} series: ${found.join(' ')}`);
        console.log(`${rules.length} alerts evaluated, all quiet`);
        return;
      }
    }
    if (tries > 60) throw new Error(`not quiet: ${loud.join(' ')}; Prometheus has ${names.join(' ')}`);
    await sleep(1_000);
  }
}

async function ask<T>(what: string): Promise<T> {
  const response = await fetch(`http://${ADDRESS}/api/v1/${what}`);
  return ((await response.json()) as { data: T }).data;
}
