import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divide, multiply, toText, toUnits } from './money';

const amount = fc.bigInt({ min: 0n, max: 10n ** 32n });

describe('amounts', () => {
  test.each([
    ['0', 0n],
    ['1', 10n ** 18n],
    ['12.50', 125n * 10n ** 17n],
    ['0.000000000000000001', 1n],
    ['999999999999999', 999_999_999_999_999n * 10n ** 18n],
  ])('%s is read exactly', (text, units) => {
    expect(toUnits(text)).toBe(units);
  });

  test.each(['', '.5', '5.', '-1', '+1', '1e3', '1,5', ' 1', '0x1', 'NaN', '1.0000000000000000001', '1'.repeat(16)])(
    '"%s" is no amount',
    (text) => {
      expect(() => toUnits(text)).toThrow(RangeError);
    },
  );

  test.each([
    ['1.999', 2, '1.99'],
    ['0.00000001', 8, '0.00000001'],
    ['0.000000019', 8, '0.00000001'],
    ['100.00', 2, '100'],
    ['0.009', 2, '0'],
  ])('%s with %i places is %s: rounded down, no zeros at the end', (text, places, expected) => {
    expect(toText(toUnits(text), places)).toBe(expected);
  });

  test('are unchanged by writing and reading', () => {
    fc.assert(fc.property(amount, (units) => toUnits(toText(units)) === units));
  });

  test('are never rounded up, and lose less than one step', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 18 }), (units, places) => {
        const lost = units - toUnits(toText(units, places));
        return lost >= 0n && lost < 10n ** BigInt(18 - places);
      }),
    );
  });

  test('multiply and divide exactly to 18 places, and never round up', () => {
    expect(toText(multiply(toUnits('0.1'), toUnits('0.2')))).toBe('0.02');
    expect(toText(divide(toUnits('1'), toUnits('3')))).toBe(`0.${'3'.repeat(18)}`);
    const positive = fc.bigInt({ min: 1n, max: 10n ** 30n });
    fc.assert(fc.property(amount, positive, (one, other) => multiply(divide(one, other), other) <= one));
  });
});
