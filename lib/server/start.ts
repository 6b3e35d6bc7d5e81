import 'server-only';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { anchors } from '@/lib/audit/anchors';
import { appendAuditNow } from '@/lib/audit/append';
import { ConfigError, config } from '@/lib/config/config';
import { createKeyring } from '@/lib/crypto/keyring';
import { openedDatabase, prepareDatabaseWith } from '@/lib/db/database';
import { LockedError } from '@/lib/db/lock';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { WakeChannel } from '@/lib/db/wake-channel';
import { beforeEnd, isDraining } from '@/lib/http/connections';
import { handleIncomingRequests } from '@/lib/http/incoming-request';
import { keepConnectionsWarm } from '@/lib/http/warm-connections';
import { kycSource } from '@/lib/kyc/sources';
import { logConsole } from '@/lib/log/console';
import { log, logBounds } from '@/lib/log/log';
import { prepareStoredData } from '@/lib/maintenance/data-migration';
import { setNetwork } from '@/lib/network/network';
import { getServices, wakeSignal } from '@/lib/services';
import { guardAccountPage } from './account-guard';
import { backgroundWork, closingWork, keepRunning, writeAnchors } from './background';
import { startTelemetry } from './telemetry';

/**
 * Starts everything a server needs before it serves requests: checked configuration, an open database, the reconciler.
 * Ends the process with one clear message when the configuration is unsafe or the embedded database is taken.
 */
export async function start(): Promise<void> {
  try {
    const { telemetry, network, ignoredSettings } = config();
    setNetwork(network);
    if (ignoredSettings.length > 0) log().warn({ event: 'telemetry_settings_ignored', names: ignoredSettings });
    // Before everything that reports.
    if (telemetry) await startTelemetry(telemetry);
    kycSource();
    handleIncomingRequests(guardAccountPage);
    keepConnectionsWarm();
    if (process.env.NODE_ENV === 'production') logConsole();
    process.once('exit', flushAll);
    prepareDatabaseWith((db) => prepareStoredData(db, createKeyring(config().piiKeys)));
  } catch (error) {
    if (error instanceof ConfigError) refuse(error.message);
    throw error;
  }
  const opening = untilDatabaseOpens();
  await (config().database.kind === 'embedded' ? opening : Promise.race([opening, sleep(DATABASE_WAIT_MS)]));
  void beginRounds();
  if (!config().kunacore) return;
  writeAnchors();
  shareWakeSignals();
  void recordStart();
}

/** Begins the background work, and ends it before the process ends. */
async function beginRounds(): Promise<void> {
  await untilPagesAreLoaded();
  if (isDraining()) return;
  const running = [...backgroundWork(), ...closingWork()].map(keepRunning);
  beforeEnd(async () => void (await Promise.all(running.map((one) => one.end()))));
}

const LOADED_AFTER_AT_MOST_MS = 10_000;
const LOOK_EVERY_MS = 500;

/**
 * Next goes on to load the pages after a start, and on a busy machine blocks this process for longer than a connection to
 * the database may take. A round begun then would fail.
 */
async function untilPagesAreLoaded(): Promise<void> {
  for (let waited = 0; waited < LOADED_AFTER_AT_MOST_MS; waited += LOOK_EVERY_MS) {
    const before = performance.eventLoopUtilization();
    await sleep(LOOK_EVERY_MS);
    if (performance.eventLoopUtilization(before).utilization < 0.5) return;
  }
}

/**
 * A database that is down or being migrated does not hold up Next's start: from then on /api/health/live answers 200, and
 * /api/health/ready 503 with what is waited for.
 */
const DATABASE_WAIT_MS = 2_000;
const DATABASE_RETRY_MS = 1_000;

async function untilDatabaseOpens(): Promise<void> {
  for (;;) {
    try {
      await openedDatabase();
      return;
    } catch (error) {
      if (error instanceof ConfigError || error instanceof LockedError) refuse(error.message);
      if (!(error instanceof DatabaseUnavailable)) throw error;
      await sleep(DATABASE_RETRY_MS);
    }
  }
}

function refuse(message: string): never {
  process.stderr.write(`\n${message}\n\n`);
  process.exit(1);
}

/** Writes what was collected for its minute, because the process ends before that minute does. */
function flushAll(): void {
  anchors().flush();
  logBounds().flush();
}

/** Records the start in the audit log, as soon as the database is up. */
async function recordStart(): Promise<void> {
  const startup = { event: 'sys_startup', actor: 'system', facts: { pid: process.pid } } as const;
  for (;;) {
    try {
      return await appendAuditNow(await getServices(), startup);
    } catch {
      // The database has logged so itself.
      await sleep(5_000, undefined, { ref: false });
    }
  }
}

/** Lets instances that share a database wake each other: whichever is idle does the work. */
function shareWakeSignals(): void {
  const { database } = config();
  if (database.kind !== 'postgres') return;
  const channel = new WakeChannel(database.directUrl, () => wakeSignal.controller.abort());
  wakeSignal.others = () => channel.send();
}
