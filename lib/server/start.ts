import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { anchors } from '@/lib/audit/anchors';
import { appendAuditNow } from '@/lib/audit/append';
import { auditHead } from '@/lib/audit/verify';
import { ConfigError, config } from '@/lib/config/config';
import { createKeyring } from '@/lib/crypto/keyring';
import { database, prepareDatabaseWith } from '@/lib/db/database';
import { LockedError } from '@/lib/db/lock';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { handleIncomingRequests } from '@/lib/http/incoming-request';
import { logConsole } from '@/lib/log/console';
import { describeError, log, logBounds } from '@/lib/log/log';
import { prepareStoredData } from '@/lib/maintenance/data-migration';
import { onWake, services } from '@/lib/services';
import { AFTER_DATABASE_ERROR, nextRound, type Pause } from './reconciler';

/**
 * Starts what the server needs besides answering requests: checked configuration, an open database, the reconciler.
 * Ends the process with one clear message when the configuration is unsafe or the embedded database is taken.
 */
export async function start(): Promise<void> {
  try {
    config();
    handleIncomingRequests();
    if (process.env.NODE_ENV === 'production') logConsole();
    process.once('exit', tellTheRest);
    prepareDatabaseWith((db) => prepareStoredData(db, createKeyring(config().piiKeys)));
    await database();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof LockedError) refuse(error.message);
    // A database that is not up yet is waited for; until then /api/health/ready says so.
    if (!(error instanceof DatabaseUnavailable)) throw error;
  }
  if (!config().kunacore) return;
  void keepReconciling();
  void keepAnchoring();
}

function refuse(message: string): never {
  process.stderr.write(`\n${message}\n\n`);
  process.exit(1);
}

/** What waits for its minute to be over, when the process is not there any more by then. */
function tellTheRest(): void {
  anchors().flush();
  logBounds().flush();
}

const ANCHOR_EVERY_MS = 60 * 60_000;

/**
 * The trail's head goes to the log, and so out of the database's reach: whoever cuts the tail off cannot take that
 * back (`npm run audit:verify -- --log file`). Here at the start, every hour and at the end; in between
 * lib/audit/anchors.ts does as events are appended.
 */
async function keepAnchoring(): Promise<never> {
  anchors().begin((head) => log().info({ event: 'audit_anchor', ...head }));
  for (let started = false; ; ) {
    try {
      const parts = await services();
      if (!started) await appendAuditNow(parts, { event: 'sys_startup', actor: 'system', facts: { pid: process.pid } });
      started = true;
      log().info({ event: 'audit_anchor', ...(await auditHead(parts)) });
      await sleep(ANCHOR_EVERY_MS, undefined, { ref: false });
    } catch {
      // The database is not there yet; its own event says so.
      await sleep(5_000, undefined, { ref: false });
    }
  }
}

/** Rounds for as long as the process lives. */
async function keepReconciling(): Promise<never> {
  onWake(() => {
    bell.rung = true;
    bell.answer();
  });
  let pause: Pause | null = null;
  for (;;) {
    if (pause) await pauseOrWake(pause);
    pause = await next(pause).catch((error: unknown) => {
      if (!(error instanceof DatabaseUnavailable))
        log().error({ event: 'reconcile_failed', error: describeError(error) });
      return AFTER_DATABASE_ERROR;
    });
  }
}

async function next(pause: Pause | null): Promise<Pause> {
  return nextRound(await services(), pause);
}

/** A bell that remembers: a wake during a round starts the next one at once. */
const bell = { rung: false, answer: () => {} };

async function pauseOrWake({ milliseconds, wakeable }: Pause): Promise<void> {
  if (!wakeable) return sleep(milliseconds);
  if (!bell.rung) {
    const abort = new AbortController();
    bell.answer = () => abort.abort();
    await sleep(milliseconds, undefined, { signal: abort.signal }).catch(() => {});
  }
  bell.rung = false;
}
