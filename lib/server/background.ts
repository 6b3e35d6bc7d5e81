import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { anchors } from '@/lib/audit/anchors';
import { auditHead } from '@/lib/audit/read';
import { config } from '@/lib/config/config';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { storeCalls } from '@/lib/integration/calls';
import { storeContractChanges } from '@/lib/integration/contract-changes';
import { lastRound } from '@/lib/integration/last-round';
import { recheckSome } from '@/lib/kyc/recheck';
import { kycSource } from '@/lib/kyc/sources';
import { describeError, log } from '@/lib/log/log';
import { openMailer } from '@/lib/mail/notification';
import { Sender } from '@/lib/notifications/outbox';
import { callCounts, contractWatch, getServices, wakeSignal } from '@/lib/services';
import { lookSome } from '@/lib/wallet/watch';
import { AFTER_DATABASE_ERROR, nextRound, type Pause } from './reconciler';
import { sealing } from './sealer';
import { SWEEP_EVERY_MS, sweep } from './sweep';

/** `idle`: nothing more is due. `more`: the round was full. `unavailable`: what the work needs did not answer. */
export type RoundResult = 'idle' | 'more' | 'unavailable';

/** Work between requests. What is due is in the database, so that any instance can do any round of it. */
export interface BackgroundWork {
  name: string;
  /** The line in the log when a round fails. An error of the database has its own alarms. */
  failure: { event: string };
  /** @param isOver tells when no further step may begin. @throws the driver's error. */
  round(isOver: () => boolean): Promise<RoundResult>;
  /** Waits for the next round, in a process that lives. */
  pause(last: RoundResult | 'failed'): Promise<unknown>;
}

/**
 * Lists all background work. Each kind has a loop of its own (start.ts), so that none delays a revocation; without a
 * process that lives, one round does it all (one-round.ts).
 */
export function backgroundWork(): BackgroundWork[] {
  if (!config().kunacore) return [];
  return [reconciling(), rechecking(), ...notifying(), sweeping(), storingCalls()];
}

/** Lists the work for e-mails about purchases and sign-ins; none without a mail server. */
export function notifying(): BackgroundWork[] {
  const { email, offers } = config();
  return email && offers.messages ? [sending(email), looking()] : [];
}

/** Lists the work that comes after all other, in this order: it covers what that has recorded. */
export function closingWork(): BackgroundWork[] {
  return [sealing(), ...(config().kunacore ? [anchoring()] : [])];
}

/**
 * Runs rounds until `end`, which resolves after the step in progress: a process that ended in its middle would keep the
 * lease of a customer, who would wait for it to expire.
 */
export function keepRunning(work: BackgroundWork): { end(): Promise<void> } {
  let isOver = false;
  let round: Promise<RoundResult | 'failed'> | undefined;
  const run = async () => {
    while (!isOver) {
      round = tryRound(work, () => isOver);
      await work.pause(await round);
    }
  };
  void run();
  return {
    async end() {
      isOver = true;
      await round;
    },
  };
}

export async function tryRound(
  { round, failure }: BackgroundWork,
  isOver: () => boolean,
): Promise<RoundResult | 'failed'> {
  try {
    return await round(isOver);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) log().error({ ...failure, error: describeError(error) });
    return 'failed';
  }
}

function every(milliseconds: Record<RoundResult | 'failed', number>): BackgroundWork['pause'] {
  return (last) => sleep(milliseconds[last], undefined, { ref: false });
}

function always(milliseconds: number): BackgroundWork['pause'] {
  return every({ more: milliseconds, idle: milliseconds, unavailable: milliseconds, failed: milliseconds });
}

/** Ends expired sessions, revokes access and continues with waiting customers. A wake signal starts the next round. */
function reconciling(): BackgroundWork {
  let pause: Pause | null = null;
  return {
    name: 'reconcile',
    failure: { event: 'reconcile_failed' },
    async round(isOver) {
      const last = pause;
      pause = AFTER_DATABASE_ERROR;
      pause = await nextRound(await getServices(), last, isOver);
      lastRound().at = new Date();
      if (pause.doubt) return 'unavailable';
      return pause.milliseconds === 0 ? 'more' : 'idle';
    },
    pause: () => pauseOrWake(pause ?? AFTER_DATABASE_ERROR),
  };
}

async function pauseOrWake({ milliseconds, wakeable }: Pause): Promise<void> {
  if (!wakeable) return sleep(milliseconds);
  await sleep(milliseconds, undefined, { signal: wakeSignal.controller.signal }).catch(() => {});
  wakeSignal.controller = new AbortController();
}

/** Asks the institution's source again where it is due. */
function rechecking(): BackgroundWork {
  return {
    name: 'recheck',
    failure: { event: 'recheck_failed' },
    round: async (isOver) => recheckSome(await getServices(), kycSource(), isOver),
    pause: every({ more: 0, idle: 5_000, unavailable: 60_000, failed: 5_000 }),
  };
}

const NOTIFY_PAUSE_MS = { more: 0, idle: 2_000, unavailable: 5_000, failed: 2_000 };

/** Sends the messages of the outbox. */
function sending(email: { server: string; from: string }): BackgroundWork {
  const sender = new Sender(() => openMailer(email, config().portalOrigin));
  return {
    name: 'send',
    failure: { event: 'send_failed' },
    round: async (isOver) => sender.round(await getServices(), isOver),
    pause: every(NOTIFY_PAUSE_MS),
  };
}

/** Looks for purchases to report. */
function looking(): BackgroundWork {
  return {
    name: 'look',
    failure: { event: 'look_failed' },
    round: async (isOver) => lookSome(await getServices(), isOver),
    pause: every(NOTIFY_PAUSE_MS),
  };
}

/** Deletes what has expired. */
function sweeping(): BackgroundWork {
  return {
    name: 'sweep',
    failure: { event: 'sweep_failed' },
    async round() {
      await sweep(await getServices());
      return 'idle';
    },
    pause: always(SWEEP_EVERY_MS),
  };
}

/** Limits the writes of the integration page's figures to a few a minute. */
const STORE_CALLS_EVERY_MS = 15_000;

function storingCalls(): BackgroundWork {
  return {
    name: 'store-calls',
    failure: { event: 'calls_not_stored' },
    async round() {
      const services = await getServices();
      const watch = contractWatch();
      await storeCalls(services, callCounts());
      if (watch) await storeContractChanges(services, watch);
      return 'idle';
    },
    pause: always(STORE_CALLS_EVERY_MS),
  };
}

const ANCHOR_EVERY_MS = 60 * 60_000;

/**
 * Writes the audit log's head to the log, out of the database's reach, so that a cut-off tail is noticed
 * (`npm run audit:verify -- --log file`). In between, lib/audit/anchors.ts does so as events are sealed.
 */
function anchoring(): BackgroundWork {
  return {
    name: 'anchor',
    failure: { event: 'anchor_failed' },
    async round() {
      const head = await auditHead(await getServices());
      if (head) log().info({ event: 'audit_anchor', ...head });
      return 'idle';
    },
    pause: every({ more: 0, idle: ANCHOR_EVERY_MS, unavailable: ANCHOR_EVERY_MS, failed: 5_000 }),
  };
}

/** Starts to write anchors as events are sealed. */
export function writeAnchors(): void {
  anchors().begin((head) => log().info({ event: 'audit_anchor', ...head }));
}
