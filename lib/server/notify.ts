import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { config } from '@/lib/config/config';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { describeError, log } from '@/lib/log/log';
import { openMailer } from '@/lib/mail/notification';
import { Sender } from '@/lib/notifications/outbox';
import { getServices } from '@/lib/services';
import { lookSome } from '@/lib/wallet/watch';

/** Milliseconds until the next round of looking at purchases and of sending messages, by the result of the last one. */
const NOTIFY_PAUSE_MS = { more: 0, idle: 2_000, unavailable: 5_000 };

/** Notices purchases and sends messages, beside the reconciler: neither delays a revocation, nor the other. */
export function keepNotifying(): void {
  const { email, offers, portalOrigin } = config();
  if (!email || !offers.messages) return;
  const sender = new Sender(() => openMailer(email, portalOrigin));
  void keepRunning({ event: 'send_failed' }, NOTIFY_PAUSE_MS, async () => sender.round(await getServices()));
  void keepRunning({ event: 'look_failed' }, NOTIFY_PAUSE_MS, async () => lookSome(await getServices()));
}

type BackgroundRound = 'idle' | 'more' | 'unavailable';

/** Runs rounds of background work for as long as the process lives. An error of the database has its own alarms. */
export async function keepRunning(
  failure: { event: string },
  pauses: Record<BackgroundRound, number>,
  round: () => Promise<BackgroundRound>,
): Promise<never> {
  for (;;) {
    const result = await round().catch((error: unknown) => {
      if (!(error instanceof DatabaseUnavailable)) log().error({ ...failure, error: describeError(error) });
      return 'idle' as const;
    });
    await sleep(pauses[result], undefined, { ref: false });
  }
}
