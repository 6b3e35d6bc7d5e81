import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { type BackgroundWork, keepRunning } from './background';

function slowWork() {
  const seen = { begun: 0, finished: 0, toldToEnd: false };
  let finishStep = () => {};
  const step = new Promise<void>((resolve) => {
    finishStep = resolve;
  });
  const work: BackgroundWork = {
    name: 'slow',
    failure: { event: 'slow_failed' },
    async round(isOver) {
      seen.begun += 1;
      await step;
      seen.toldToEnd = isOver();
      seen.finished += 1;
      return 'more';
    },
    pause: () => sleep(0),
  };
  return { work, seen, finishStep };
}

test('the end of background work waits for the step in progress, and begins no other', async () => {
  const { work, seen, finishStep } = slowWork();
  let hasEnded = false;
  const ended = keepRunning(work)
    .end()
    .then(() => {
      hasEnded = true;
    });
  await sleep(20);
  expect(hasEnded).toBe(false);
  finishStep();
  await ended;
  await sleep(20);
  expect(seen).toEqual({ begun: 1, finished: 1, toldToEnd: true });
});

test('a pause does not hold up the end', async () => {
  const { work, seen, finishStep } = slowWork();
  const running = keepRunning({ ...work, pause: () => sleep(60_000, undefined, { ref: false }) });
  finishStep();
  await sleep(20);
  await running.end();
  expect(seen.finished).toBe(1);
});

test('a failing round does not stop the work', async () => {
  const { work, seen, finishStep } = slowWork();
  finishStep();
  const failing: BackgroundWork = {
    ...work,
    async round(isOver) {
      await work.round(isOver);
      throw new DatabaseUnavailable();
    },
  };
  const running = keepRunning(failing);
  await expect.poll(() => seen.begun).toBeGreaterThan(2);
  await running.end();
});
