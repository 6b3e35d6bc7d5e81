import { expect, test } from 'vitest';
import type { Figures } from './holdings';
import { forgetLastKnown, KEPT_MS, keepLastKnown, type LastKnownStore, lastKnown } from './last-known';

const figures = (at: number): Figures => ({ at, balances: [], rates: [], latest: [], bought: [] });
const page = { operations: [], next: null };

test('returns what was last said about a wallet, and nothing of another', () => {
  const store: LastKnownStore = new Map();
  keepLastKnown('w-1', { figures: figures(1) }, store);
  keepLastKnown('w-1', { operations: { at: 2, page } }, store);
  keepLastKnown('w-1', { figures: figures(3) }, store);
  expect(lastKnown('w-1', 4, store)).toEqual({ figures: figures(3), operations: { at: 2, page } });
  expect(lastKnown('w-2', 4, store)).toEqual({});
});

test('forgets after a day, and when an account is deleted', () => {
  const store: LastKnownStore = new Map();
  keepLastKnown('w-1', { figures: figures(0), operations: { at: 1, page } }, store);
  expect(lastKnown('w-1', KEPT_MS, store)).toEqual({ operations: { at: 1, page } });
  forgetLastKnown('w-1', store);
  expect(lastKnown('w-1', 1, store)).toEqual({});
});

test('keeps a bounded number of wallets, those that were read last', () => {
  const store: LastKnownStore = new Map();
  for (let n = 0; n < 2_000; n += 1) keepLastKnown(`w-${n}`, { figures: figures(0) }, store);
  keepLastKnown('w-0', { figures: figures(1) }, store);
  keepLastKnown('w-new', { figures: figures(1) }, store);
  expect(store.size).toBe(2_000);
  expect([store.has('w-0'), store.has('w-1'), store.has('w-new')]).toEqual([true, false, true]);
});
