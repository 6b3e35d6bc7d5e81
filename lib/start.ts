import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, config } from './config';
import { DatabaseUnavailable, database } from './db/database';
import { LockedError } from './db/lock';
import { openFrontDoor } from './http/front-door';
import { describeError, log } from './log';
import { logConsole } from './log-console';
import { AFTER_DATABASE_ERROR, nextRound, type Pause } from './reconciler';
import { onWake, services } from './services';

/**
 * Starts what the server needs besides answering requests: checked configuration, an open database, the reconciler.
 * Ends the process with one clear message when the configuration is unsafe or the embedded database is taken.
 */
export async function start(): Promise<void> {
  try {
    config();
    openFrontDoor();
    if (process.env.NODE_ENV === 'production') logConsole();
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
