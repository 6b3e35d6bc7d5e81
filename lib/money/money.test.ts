// ASVS 5.0: 1.4.2
import { describe, expect, test } from 'vitest';
import { assetName } from './asset-name';
import { formatAmount, formatPrice, formatShare, formatValue } from './format';
import { descending, isZero, rounded, share, sum, worth } from './value';

describe('values', () => {
  test('are exact where floats are not', () => {
    expect(sum(['0.1', '0.2'])).toBe('0.3');
    expect(worth('0.123456789012345678', '91250')).toBe('11265.4319973765431175');
    expect(sum(['9007199254740993', '0.000000000000000001'])).toBe('9007199254740993.000000000000000001');
  });
  test('are null without a rate or with the rate "0"', () => {
    expect(worth('5', '0')).toBeNull();
    expect(worth('5', undefined)).toBeNull();
  });
  test('are shares of a whole, and 0 without a whole', () => {
    expect(share('25', '100')).toBe(0.25);
    expect(share('0', '0')).toBe(0);
  });
  test('are rounded, sorted and compared with zero', () => {
    expect(rounded('2.345', 2)).toBe('2.35');
    expect(['2', '10', '9'].sort(descending)).toEqual(['10', '9', '2']);
    expect([isZero('0.000'), isZero('0.001')]).toEqual([true, false]);
  });
});

describe('formatting', () => {
  test('keeps every digit of an amount', () => {
    expect(formatAmount('1234567.123456789012345678', 'en')).toBe('1,234,567.123456789012345678');
    expect(formatAmount('0.00000001', 'uk')).toBe('0,00000001');
  });
  test('follows the language', () => {
    expect(formatValue('1234.5', 'EUR', 'en')).toBe('€1,234.50');
    expect(formatValue('1234.5', 'UAH', 'uk').replace(/\s/g, ' ')).toBe('1 234,50 ₴');
    expect(formatShare(0.333, 'en')).toBe('33%');
    expect(formatShare(0.004, 'en')).toBe('0.4%');
  });
  test('rounds a price to cents, and shows four digits of a smaller one', () => {
    expect(formatPrice('3829876.129', 'UAH', 'en')).toBe('₴3,829,876.13');
    expect(formatPrice('41.5', 'EUR', 'en')).toBe('€41.50');
    expect(formatPrice('0.0000123456', 'USD', 'en')).toBe('$0.00001235');
  });
});

test('a known asset has a name, and another one only its code', () => {
  expect([assetName('BTC'), assetName('NEW'), assetName('constructor')]).toEqual(['Bitcoin', null, null]);
});
