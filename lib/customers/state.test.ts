import { expect, test } from 'vitest';
import { backoffMs } from './retry';
import { customerState } from './state';

const linked = {
  state: 'linked',
  customerId: 'c1',
  walletId: 'w1',
  verificationStatus: 'ACCEPTED',
  walletStatus: 'Active',
  acceptedVersion: 1,
  review: null,
  consentWithdrawnAt: null,
} as const;

test.each([
  [undefined, { state: 'details-missing' }],
  [{ ...linked, state: 'creating', customerId: null }, { state: 'creating' }],
  [{ ...linked, state: 'rejected' }, { state: 'rejected' }],
  [{ ...linked, state: 'conflict' }, { state: 'conflict' }],
  [linked, { state: 'ready', customerId: 'c1', walletId: 'w1' }],
  // KunaCore documents no complete list: a missing status does not stop anybody, an unknown one is shown.
  [
    { ...linked, verificationStatus: null, walletStatus: null },
    { state: 'ready', customerId: 'c1', walletId: 'w1' },
  ],
  [
    { ...linked, verificationStatus: 'SOMETHING_NEW' },
    { state: 'verifying', status: 'SOMETHING_NEW' },
  ],
  [
    { ...linked, walletStatus: 'Blocked' },
    { state: 'blocked', walletId: 'w1', walletStatus: 'Blocked' },
  ],
  [
    { ...linked, walletStatus: 'Suspicious' },
    { state: 'blocked', walletId: 'w1', walletStatus: 'Suspicious' },
  ],
  // An edit of a linked customer waits beside the accepted version.
  [
    { ...linked, review: 'waiting' },
    { state: 'ready', customerId: 'c1', walletId: 'w1' },
  ],
  [{ ...linked, state: 'creating', acceptedVersion: 0, review: 'waiting' }, { state: 'waiting-for-review' }],
  [{ ...linked, state: 'creating', acceptedVersion: 0, review: 'returned' }, { state: 'returned' }],
  [{ ...linked, state: 'creating', review: 'waiting' }, { state: 'creating' }],
  [{ ...linked, state: 'rejected', review: 'waiting' }, { state: 'waiting-for-review' }],
  [{ ...linked, state: 'rejected', review: 'returned' }, { state: 'returned' }],
  [{ ...linked, state: 'conflict', review: 'waiting' }, { state: 'conflict' }],
  [
    { ...linked, consentWithdrawnAt: new Date(0) },
    { state: 'consent-withdrawn', walletId: 'w1' },
  ],
] as const)('%j means %j', (row, state) => {
  expect(customerState(row)).toEqual(state);
});

test('pauses between attempts double up to five minutes, with jitter from 50 to 100 %', () => {
  const longest = [0, 1, 2, 9, 10, 1000].map((attempts) => backoffMs(attempts, () => 1));
  expect(longest).toEqual([500, 1000, 2000, 256_000, 300_000, 300_000]);
  expect(backoffMs(3, () => 0)).toBe(2000);
});
