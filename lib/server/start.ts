import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { anchors } from '@/lib/audit/anchors';
import { appendAuditNow } from '@/lib/audit/append';
import { auditHead } from '@/lib/audit/read';
import { sealAudit } from '@/lib/audit/seal';
import { ConfigError, config } from '@/lib/config/config';
import { createKeyring } from '@/lib/crypto/keyring';
import { database, prepareDatabaseWith } from '@/lib/db/database';
import { LockedError } from '@/lib/db/lock';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { WakeChannel } from '@/lib/db/wake-channel';
import { handleIncomingRequests } from '@/lib/http/incoming-request';
import { keepConnectionsWarm } from '@/lib/http/warm-connections';
import { storeCalls } from '@/lib/integration/calls';
import { storeContractChanges } from '@/lib/integration/contract-changes';
import { lastRound } from '@/lib/integration/last-round';
import { recheckSome } from '@/lib/kyc/recheck';
import { kycSource } from '@/lib/kyc/sources';
import { logConsole } from '@/lib/log/console';
import { describeError, log, logBounds } from '@/lib/log/log';
import { prepareStoredData } from '@/lib/maintenance/data-migration';
import { setNetwork } from '@/lib/network/network';
import { callCounts, contractWatch, getServices, wakeSignal } from '@/lib/services';
import { guardAccountPage } from './account-guard';
import { keepNotifying, keepRunning } from './notify';
import { AFTER_DATABASE_ERROR, nextRound, type Pause } from './reconciler';
import { keepSealing } from './sealer';
import { SWEEP_EVERY_MS, sweep } from './sweep';

/**
 * Starts everything a server needs before it serves requests: checked configuration, an open database, the reconciler.
 * Ends the process with one clear message when the configuration is unsafe or the embedded database is taken.
 */
export async function start(): Promise<void> {
  try {
    setNetwork(config().network);
    kycSource();
    handleIncomingRequests(guardAccountPage);
    keepConnectionsWarm();
    if (process.env.NODE_ENV === 'production') logConsole();
    process.once('exit', flushAll);
    prepareDatabaseWith((db) => prepareStoredData(db, createKeyring(config().piiKeys)));
    await database();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof LockedError) refuse(error.message);
    // A database that is not up yet may come up later; until then /api/health/ready answers 503.
    if (!(error instanceof DatabaseUnavailable)) throw error;
  }
  void keepSealing();
  if (!config().kunacore) return;
  shareWakeSignals();
  void keepReconciling();
  void keepRechecking();
  void keepAnchoring();
  void keepSweeping();
  void keepStoringCalls();
  keepNotifying();
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

const ANCHOR_EVERY_MS = 60 * 60_000;

/**
 * Writes the audit log's head to the log, out of the database's reach, so that a cut-off tail is noticed
 * (`npm run audit:verify -- --log file`). At the start, every hour and at the end; in between lib/audit/anchors.ts does
 * so as events are sealed.
 */
async function keepAnchoring(): Promise<never> {
  anchors().begin((head) => log().info({ event: 'audit_anchor', ...head }));
  for (let started = false; ; ) {
    try {
      const services = await getServices();
      if (!started)
        await appendAuditNow(services, { event: 'sys_startup', actor: 'system', facts: { pid: process.pid } });
      started = true;
      await sealAudit(services);
      const head = await auditHead(services);
      if (head) log().info({ event: 'audit_anchor', ...head });
      await sleep(ANCHOR_EVERY_MS, undefined, { ref: false });
    } catch {
      // The database is not up yet, and has logged so itself.
      await sleep(5_000, undefined, { ref: false });
    }
  }
}

/** Lets instances that share a database wake each other: whichever is idle does the work. */
function shareWakeSignals(): void {
  const { database } = config();
  if (database.kind !== 'postgres') return;
  const channel = new WakeChannel(database.url, () => wakeSignal.controller.abort());
  wakeSignal.others = () => channel.send();
}

/** Limits the writes of the integration page's figures to a few a minute. */
const STORE_CALLS_EVERY_MS = 15_000;

async function keepStoringCalls(): Promise<never> {
  for (;;) {
    await sleep(STORE_CALLS_EVERY_MS, undefined, { ref: false });
    await getServices()
      .then(async (services) => {
        const watch = contractWatch();
        await storeCalls(services, callCounts());
        if (watch) await storeContractChanges(services, watch);
      })
      .catch((error: unknown) => {
        if (!(error instanceof DatabaseUnavailable))
          log().error({ event: 'calls_not_stored', error: describeError(error) });
      });
  }
}

/** Sweeps every minute for as long as the process lives. */
async function keepSweeping(): Promise<never> {
  for (;;) {
    await sleep(SWEEP_EVERY_MS, undefined, { ref: false });
    await getServices()
      .then(sweep)
      .catch((error: unknown) => {
        if (!(error instanceof DatabaseUnavailable))
          log().error({ event: 'sweep_failed', error: describeError(error) });
      });
  }
}

/** Milliseconds until the next round of lib/kyc/recheck.ts, by the result of the last one. */
const RECHECK_PAUSE_MS = { more: 0, idle: 5_000, unavailable: 60_000 };

/** Asks the institution's source again where it is due, beside the reconciler: a slow source delays no revocation. */
function keepRechecking(): Promise<never> {
  return keepRunning({ event: 'recheck_failed' }, RECHECK_PAUSE_MS, async () =>
    recheckSome(await getServices(), kycSource()),
  );
}

/** Runs rounds for as long as the process lives. */
async function keepReconciling(): Promise<never> {
  let pause: Pause | null = null;
  for (;;) {
    if (pause) await pauseOrWake(pause);
    pause = await runRound(pause).catch((error: unknown) => {
      if (!(error instanceof DatabaseUnavailable))
        log().error({ event: 'reconcile_failed', error: describeError(error) });
      return AFTER_DATABASE_ERROR;
    });
  }
}

async function runRound(pause: Pause | null): Promise<Pause> {
  const next = await nextRound(await getServices(), pause);
  lastRound().at = new Date();
  return next;
}

async function pauseOrWake({ milliseconds, wakeable }: Pause): Promise<void> {
  if (!wakeable) return sleep(milliseconds);
  await sleep(milliseconds, undefined, { signal: wakeSignal.controller.signal }).catch(() => {});
  wakeSignal.controller = new AbortController();
}
