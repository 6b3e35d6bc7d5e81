import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, config } from './config';
import { DatabaseUnavailable, database } from './db/database';
import { LockedError } from './db/lock';
import { describeError, log } from './log';
import { hasten, reconcile } from './reconciler';
import { onWake, services } from './services';

const IDLE_MS = 2_000;
const FIRST_PROBE_MS = 1_000;
const SLOWEST_PROBE_MS = 5_000;

/**
 * Starts what the server needs besides answering requests: checked configuration, an open database, the reconciler.
 * Ends the process with one clear message when the configuration is unsafe or the embedded database is taken.
 */
export async function start(): Promise<void> {
  try {
    config();
    await database();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof LockedError) refuse(error.message);
    // A database that is not up yet is waited for; until then /api/health/ready says so.
    if (!(error instanceof DatabaseUnavailable)) throw error;
  }
  if (config().kunacore) void keepReconciling();
}

function refuse(message: string): never {
  process.stderr.write(`\n${message}\n\n`);
  process.exit(1);
}

/** Rounds for as long as the process lives: at once when woken, every 2 s otherwise, slower while KunaCore is down. */
async function keepReconciling(): Promise<never> {
  onWake(() => {
    bell.rung = true;
    bell.answer();
  });
  let pause = 0;
  for (;;) {
    await pauseOrWake(pause, { wakeable: pause === IDLE_MS });
    pause = await round(pause).catch((error: unknown) => {
      if (!(error instanceof DatabaseUnavailable))
        log().error({ event: 'reconcile_failed', error: describeError(error) });
      return FIRST_PROBE_MS;
    });
  }
}

async function round(lastPause: number): Promise<number> {
  const parts = await services();
  const { unavailable, more } = await reconcile(parts);
  if (unavailable) return Math.min(SLOWEST_PROBE_MS, Math.max(FIRST_PROBE_MS, lastPause * 1.5));
  const recovered = lastPause !== IDLE_MS && lastPause !== 0;
  if (recovered) await hasten(parts);
  return more || recovered ? 0 : IDLE_MS;
}

/** A bell that remembers: a wake during a round starts the next one at once. */
const bell = { rung: false, answer: () => {} };

async function pauseOrWake(milliseconds: number, { wakeable }: { wakeable: boolean }): Promise<void> {
  if (!wakeable) return sleep(milliseconds);
  if (!bell.rung) {
    const abort = new AbortController();
    bell.answer = () => abort.abort();
    await sleep(milliseconds, undefined, { signal: abort.signal }).catch(() => {});
  }
  bell.rung = false;
}
