import { expect, test } from 'vitest';
import { authorisationStatus } from './status';

test.each([
  [{ authorisedEpoch: null, epoch: 0, secondsLeft: null }, { state: 'none' }],
  [{ authorisedEpoch: null, epoch: null, secondsLeft: null }, { state: 'none' }],
  [{ authorisedEpoch: 2, epoch: 2, secondsLeft: 3600 }, { state: 'live' }],
  [{ authorisedEpoch: 2, epoch: 2, secondsLeft: null }, { state: 'live' }],
  [
    { authorisedEpoch: 2, epoch: 2, secondsLeft: 300 },
    { state: 'expiring', inSeconds: 300 },
  ],
  [{ authorisedEpoch: 2, epoch: 2, secondsLeft: 0 }, { state: 'expired' }],
  // An epoch ends when its end is stored, not when KunaCore confirms.
  [{ authorisedEpoch: 2, epoch: 3, secondsLeft: 3600 }, { state: 'ended' }],
])('%j means %j', (facts, status) => {
  expect(authorisationStatus(facts)).toEqual(status);
});
