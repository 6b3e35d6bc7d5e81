import type { Ending } from '@/lib/authorisations/status-schema';

/** Seconds until a session ends. */
export interface EndsIn {
  /** Without activity. */
  idle: number;
  /** At the latest, whatever happens. */
  absolute: number;
}

/** WCAG 2.2.1 wants 20 seconds at least; two minutes are enough to finish a sentence. */
const WARNING_SECONDS = 120;
/** While a warning is shown, another tab may postpone the end. */
const ASK_WHILE_WARNING_SECONDS = 10;

/** Decides whether a page warns of the end of its session now. A short idle time is warned of in its second half. */
export function endingOf({ idle, absolute }: EndsIn, idleMinutes: number): Ending {
  const inSeconds = Math.max(Math.min(idle, absolute), 0);
  const warnAt = Math.min(WARNING_SECONDS, idleMinutes * 30);
  if (inSeconds > warnAt) return { warning: null, inSeconds, askInSeconds: inSeconds - warnAt };
  const askInSeconds = Math.min(ASK_WHILE_WARNING_SECONDS, inSeconds + 1);
  return { warning: absolute <= idle ? 'last' : 'idle', inSeconds, askInSeconds };
}
