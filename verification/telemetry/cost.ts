// npm run --prefix verification telemetry:cost: what telemetry costs a page, as a ratio within one run. Two portals of the
// same build take turns, so that the machine's load meets both alike. Needs `npm run build`.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startReceiver } from '../../e2e/otlp-receiver/receiver';
import { portalEnvironment } from '../../e2e/stack';

const SHIFT = Number(process.env.TEST_PORT_SHIFT ?? 0);
const ROUNDS = 15;
const REQUESTS = 10;

const folder = mkdtempSync(path.join(tmpdir(), 'cost-'));
const receiver = await startReceiver();
const children: ChildProcess[] = [];

const portals = {
  off: await start('off', 3190, {}),
  traces: await start('traces', 3191, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }),
  tenth: await start('tenth', 3192, {
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' },
    OTEL_TRACES_SAMPLER_ARG: '0.1',
  }),
};

const times: Record<string, number[]> = { off: [], traces: [], tenth: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, origin] of Object.entries(portals)) {
    const startedAt = performance.now();
    for (let request = 0; request < REQUESTS; request += 1) await (await fetch(`${origin}/sign-in`)).arrayBuffer();
    times[name]?.push((performance.now() - startedAt) / REQUESTS);
  }
}
const median = (values: number[] = []) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
for (const [name, values] of Object.entries(times)) {
  const ratio = median(values.map((value, round) => value / (times.off?.[round] ?? value)));
  console.log(`${name.padEnd(7)} ${median(values).toFixed(1)} ms a page, ${ratio.toFixed(2)} of off`);
}
for (const child of children) child.kill('SIGTERM');
await receiver.close();
rmSync(folder, { recursive: true, force: true });

/** Starts a portal with an empty database, and waits until it serves. */
async function start(name: string, port: number, settings: Record<string, string>): Promise<string> {
  const origin = `http://localhost:${port + SHIFT}`;
  const own = { NEXTAUTH_URL: origin, DATABASE_URL: '', DATA_DIR: path.join(folder, name), LOG_LEVEL: 'error' };
  const env = { ...process.env, ...portalEnvironment('spare-portal'), ...own, ...settings };
  children.push(spawn('node_modules/.bin/next', ['start', '--port', String(port + SHIFT)], { env, stdio: 'ignore' }));
  while (!(await fetch(`${origin}/api/health/ready`).catch(() => null))?.ok) await sleep(200);
  return origin;
}
