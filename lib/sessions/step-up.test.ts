// ASVS 5.0: 6.8.4 7.5.3
import { expect, test } from 'vitest';
import { mustSignInToBuy } from './step-up';

test.each([
  [true, 'none', false, true],
  [true, 'none', true, false],
  [true, 'live', false, false],
  [true, 'ended', false, false],
  [false, 'none', false, false],
] as const)('STEP_UP=first-purchase %s, widget %s, fresh %s: asks %s [T13]', (firstPurchase, state, fresh, asks) => {
  const stepUp = { firstPurchase, acr: null };
  expect(mustSignInToBuy({ authorisation: { state }, fresh }, { stepUp })).toBe(asks);
});
