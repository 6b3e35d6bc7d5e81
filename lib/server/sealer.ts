import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Sealing, sealAudit } from '@/lib/audit/seal';
import { unsealedEvents } from '@/lib/audit/unsealed';
import { config } from '@/lib/config/config';
import { createKeyring } from '@/lib/crypto/keyring';
import { database } from '@/lib/db/database';
import { DatabaseUnavailable, isDatabaseUnavailable } from '@/lib/db/unavailable';
import { log } from '@/lib/log/log';
import type { BackgroundWork } from './background';

/** Limits the rounds while events keep coming: the first is sealed at once, the following together. */
const GATHER_MS = 200;
/** Limits how long the events of an instance that died wait for another one. */
const IDLE_MS = 2_000;
/** Another instance holds the lock for milliseconds. Rounds that all find it taken for a minute are an alarm. */
const MOST_BUSY_ROUNDS = 60_000 / GATHER_MS;

/**
 * Seals the audit log. Runs beside the reconciler, whose rounds wait for KunaCore. A commit of events starts the next
 * round.
 */
export function sealing(): BackgroundWork {
  let busy = 0;
  return {
    name: 'seal',
    failure: { event: 'audit_sealing_failed' },
    async round() {
      const sealed = await sealNow();
      busy = countBusy(sealed, busy);
      if (sealed === 'busy') await sleep(GATHER_MS);
      return sealed === 'done' ? 'idle' : 'more';
    },
    async pause(last) {
      // Even a full batch lets requests go first.
      await sleep(last === 'more' ? 0 : GATHER_MS);
      if (last !== 'more') await unsealedEvents().next(IDLE_MS);
    },
  };
}

/** Returns the number of successive rounds that found the lock taken. Raises an alarm after each minute of them. */
export function countBusy(sealing: Sealing, before: number): number {
  if (sealing !== 'busy') return 0;
  const busy = before + 1;
  if (busy % MOST_BUSY_ROUNDS === 0) log().error({ event: 'audit_sealing_failed', reason: 'lock' });
  return busy;
}

/** @throws DatabaseUnavailable, which has its own alarms; other errors of the driver. */
async function sealNow(): Promise<Sealing> {
  try {
    return await sealAudit({ db: await database(), keyring: createKeyring(config().piiKeys) });
  } catch (error) {
    throw isDatabaseUnavailable(error) ? new DatabaseUnavailable() : error;
  }
}
