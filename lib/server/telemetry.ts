import 'server-only';
import { countUnsealed } from '@/lib/audit/read';
import { pendingRevocations } from '@/lib/authorisations/revoke';
import { connections } from '@/lib/db/database';
import { beforeEnd } from '@/lib/http/connections';
import { serveMetrics } from '@/lib/http/metrics-server';
import { lastRound } from '@/lib/integration/last-round';
import { describeError, log } from '@/lib/log/log';
import { pendingMessages } from '@/lib/notifications/outbox';
import { getServices, openCircuits } from '@/lib/services';
import type { Reading } from '@/lib/telemetry/sdk/metrics';
import type { TelemetrySettings } from '@/lib/telemetry/settings';
import { switchTelemetry } from '@/lib/telemetry/telemetry';

/** The portal works without telemetry, so a problem with it stops neither the start nor a request. */
export async function startTelemetry(settings: TelemetrySettings): Promise<void> {
  const { openTelemetry } = await import('@/lib/telemetry/sdk/open');
  const startedAt = Date.now();
  const telemetry = openTelemetry(
    settings,
    () => readGauges(startedAt),
    (code) => log().warn({ event: 'telemetry_failed', code }),
  );
  switchTelemetry(telemetry);
  beforeEnd(() => telemetry.close());
  const { traces, metrics, endpoint, prometheus } = settings;
  if (telemetry.scrape) {
    await serveMetrics(prometheus, telemetry.scrape).catch((error: unknown) => {
      log().error({ event: 'metrics_not_served', error: describeError(error), ...prometheus });
    });
  }
  const host = endpoint ? new URL(endpoint).host : undefined;
  log().info({ event: 'telemetry_started', traces, metrics, host });
}

/** Gauges of the database are read at most this often, however many scrape. */
const FRESH_MS = 5_000;
let kept: { at: number; readings: Promise<Reading[]> } | undefined;

/** Reads the gauges. Those of the database are missing while it does not answer: no value is not zero. */
async function readGauges(startedAt: number): Promise<Reading[]> {
  if (!kept || Date.now() - kept.at > FRESH_MS) kept = { at: Date.now(), readings: readDatabase().catch(() => []) };
  return [...readProcess(startedAt), ...(await kept.readings)];
}

function readProcess(startedAt: number): Reading[] {
  const pool = connections();
  const name = { 'db.client.connection.pool.name': 'portal' };
  const roundAt = lastRound().at?.getTime() ?? startedAt;
  return [
    ...openCircuits().map((endpoint) => reading('kuna_portal.kunacore.circuit_open', 1, { 'url.template': endpoint })),
    reading('kuna_portal.reconciler.round_age', (Date.now() - roundAt) / 1000),
    ...(pool
      ? [
          reading('db.client.connection.count', pool.used, { ...name, 'db.client.connection.state': 'used' }),
          reading('db.client.connection.count', pool.idle, { ...name, 'db.client.connection.state': 'idle' }),
          reading('db.client.connection.pending_requests', pool.waiting, name),
        ]
      : []),
  ];
}

async function readDatabase(): Promise<Reading[]> {
  const services = await getServices();
  const [revocations, messages, unsealed] = await Promise.all([
    pendingRevocations(services),
    pendingMessages(services),
    countUnsealed(services),
  ]);
  return [
    reading('kuna_portal.revocations.pending', revocations.count),
    reading('kuna_portal.revocations.oldest_age', revocations.oldestSeconds ?? 0),
    reading('kuna_portal.outbox.pending', messages.count),
    reading('kuna_portal.outbox.oldest_age', messages.oldestSeconds ?? 0),
    reading('kuna_portal.audit.unsealed', unsealed),
  ];
}

function reading<K extends Reading['metric']>(
  metric: K,
  value: number,
  attributes: Reading<K>['attributes'] = {},
): Reading {
  return { metric, value, attributes } as Reading;
}
