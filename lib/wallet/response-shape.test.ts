import { describe, expect, test } from 'vitest';
import { holdings } from './holdings-schema';
import { operationsPage } from './operations-schema';
import { hasShape } from './response-shape';

const operation = {
  ...{ id: '1', walletId: 'w', type: 'Deposit', status: 'Created', sourceAsset: null, sourceAmount: null },
  ...{ targetAsset: 'BTC', targetAmount: '1', fee: null, createdAt: null, updatedAt: null },
};
const valid = {
  currency: 'EUR',
  at: '2026-11-23T10:00:00.000Z',
  total: '1.00',
  balances: [{ asset: 'BTC', name: null, balance: '1', held: '0', price: null, value: null, share: 0 }],
  latest: [operation],
  months: [{ month: '2026-11', value: '1.00', share: 1 }],
};

describe('the shape of a response', () => {
  test('accepts the responses of the portal', () => {
    expect(hasShape(holdings, valid)).toBe(true);
    expect(hasShape(operationsPage, { operations: [operation], next: null })).toBe(true);
    expect(hasShape(operationsPage, { operations: [], next: 20 })).toBe(true);
  });

  test.each([
    ['null', null],
    ['a text', 'valid'],
    ['an object without a field', { ...valid, total: undefined }],
    ['null where it is not allowed', { ...valid, currency: null }],
    ['a number instead of a text', { ...valid, total: 1 }],
    ['an object instead of a list', { ...valid, balances: {} }],
    ['a wrong item after a right one', { ...valid, latest: [operation, { ...operation, id: 1 }] }],
    ['a number where a text or null is allowed', { ...valid, latest: [{ ...operation, fee: 1 }] }],
  ])('rejects %s', (_, response) => {
    expect(hasShape(holdings, response)).toBe(false);
  });
});
