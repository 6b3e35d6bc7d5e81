import type { AccountStatus } from '@/lib/authorisations/status-schema';

/** What a page knows of its session. `at` is the end by the browser's clock. */
export type SessionNews = { kind: 'fine' } | { kind: 'idle' | 'last'; at: number } | { kind: 'over' };

/** After an interruption, which says nothing about the session. */
const RETRY_SECONDS = 10;

/**
 * Asks for the session's end when it is near, and reports it. The portal decides when that is: tabs that share a session
 * then agree. A check that is due while the device sleeps is made up for by `checkIfDue`.
 * @param ask returns null when the portal cannot tell.
 */
export function followSession(
  ask: () => Promise<AccountStatus | null>,
  report: (news: SessionNews) => void,
  firstInSeconds: number,
) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = 0;
  let latest = 0;
  let isStopped = false;
  const checkIn = (seconds: number) => {
    clearTimeout(timer);
    dueAt = Date.now() + seconds * 1000;
    timer = setTimeout(() => void check(), seconds * 1000);
  };
  const check = async () => {
    latest += 1;
    const own = latest;
    const status = await ask();
    // A later check, such as the one after "Stay signed in", knows more.
    if (isStopped || own !== latest) return;
    if (status === null) return checkIn(RETRY_SECONDS);
    if (status.session === 'over') {
      clearTimeout(timer);
      // A person may sign in again in another tab.
      dueAt = 0;
      return report({ kind: 'over' });
    }
    const { warning, inSeconds, askInSeconds } = status.ending;
    report(warning ? { kind: warning, at: Date.now() + inSeconds * 1000 } : { kind: 'fine' });
    checkIn(askInSeconds);
  };
  checkIn(firstInSeconds);
  return {
    check,
    checkIfDue: () => (Date.now() >= dueAt ? check() : undefined),
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
