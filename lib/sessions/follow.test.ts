import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AccountStatus } from '@/lib/authorisations/status-schema';
import { endingOf } from './ending';
import { followSession, type SessionNews } from './follow';

const IDLE_MINUTES = 30;
const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A portal's session whose only activity is `touch`, and tabs that follow it. */
function session({ maxMinutes = 12 * 60 } = {}) {
  const end = Date.now() + maxMinutes * MINUTE;
  const state = { seenAt: Date.now(), isOver: false, isDown: false, asked: 0 };
  const secondsUntil = (time: number) => Math.floor((time - Date.now()) / 1000);
  const ask = async (): Promise<AccountStatus | null> => {
    state.asked += 1;
    if (state.isDown) return null;
    const endsIn = { idle: secondsUntil(state.seenAt + IDLE_MINUTES * MINUTE), absolute: secondsUntil(end) };
    if (state.isOver || endsIn.idle <= 0 || endsIn.absolute <= 0) return { session: 'over' };
    const ending = endingOf(endsIn, IDLE_MINUTES);
    return { session: 'live', customer: 'ready', authorisation: { state: 'none' }, ending };
  };
  const tab = () => {
    const news: SessionNews[] = [];
    const watch = followSession(ask, (latest) => news.push(latest), (IDLE_MINUTES - 2) * 60);
    return { watch, kinds: () => news.map(({ kind }) => kind).filter((kind, at, all) => kind !== all[at - 1]) };
  };
  return { state, tab };
}

test('warns two minutes before the end, and says when the session is over', async () => {
  const { tab, state } = session();
  const { kinds } = tab();
  await vi.advanceTimersByTimeAsync(27.9 * MINUTE);
  expect(state.asked).toBe(0);
  await vi.advanceTimersByTimeAsync(0.2 * MINUTE);
  expect(kinds()).toEqual(['idle']);
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(kinds()).toEqual(['idle', 'over']);
});

test('does not keep the session alive by asking', async () => {
  const { tab, state } = session();
  const { kinds } = tab();
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(kinds()).toEqual(['idle', 'over']);
  expect(state.asked).toBeLessThan(20);
});

test('takes the warning back in every tab after activity in one of them', async () => {
  const { tab, state } = session();
  const [one, other] = [tab(), tab()];
  await vi.advanceTimersByTimeAsync(28.5 * MINUTE);
  state.seenAt = Date.now();
  await one.watch.check();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([one.kinds(), other.kinds()]).toEqual([
    ['idle', 'fine'],
    ['idle', 'fine'],
  ]);
  await vi.advanceTimersByTimeAsync(28 * MINUTE);
  expect(one.kinds()).toEqual(['idle', 'fine', 'idle']);
});

test('announces the greatest age of a session, which activity does not postpone', async () => {
  const { tab, state } = session({ maxMinutes: 29 });
  const { kinds, watch } = tab();
  await vi.advanceTimersByTimeAsync(28 * MINUTE);
  state.seenAt = Date.now();
  await watch.check();
  expect(kinds()).toEqual(['last']);
  await vi.advanceTimersByTimeAsync(1.1 * MINUTE);
  expect(kinds()).toEqual(['last', 'over']);
});

test('says nothing while the portal cannot tell, and asks again', async () => {
  const { tab, state } = session();
  const { kinds } = tab();
  state.isDown = true;
  await vi.advanceTimersByTimeAsync(29 * MINUTE);
  expect(kinds()).toEqual([]);
  state.isDown = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(kinds()).toEqual(['idle']);
});

test('catches up after the device has slept, and not before anything is due', async () => {
  const { tab, state } = session();
  const { watch, kinds } = tab();
  watch.checkIfDue();
  expect(state.asked).toBe(0);
  // A sleeping device fires no timer.
  vi.setSystemTime(Date.now() + 40 * MINUTE);
  await watch.checkIfDue();
  expect(kinds()).toEqual(['over']);
});

test('notices a new sign-in of another tab after the end, and stops when the page goes', async () => {
  const { tab, state } = session();
  const { watch, kinds } = tab();
  state.isOver = true;
  await watch.check();
  state.isOver = false;
  await watch.checkIfDue();
  expect(kinds()).toEqual(['over', 'fine']);
  watch.stop();
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(kinds()).toEqual(['over', 'fine']);
});
