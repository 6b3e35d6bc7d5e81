// ASVS 5.0: 1.4.2
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LANGUAGES, type Language } from '@/lib/choices';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { assetLabel, assetName, assetSymbol, placesOf } from './assets';
import { formatMoney, formatPrice, formatRough, formatShare } from './format';
import { descending, isZero, rounded, share, sum, worth } from './value';

/** Tested whether the portal has it or not. */
const UKRAINIAN = 'uk' as string as Language;

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

const plain = (text: string) => text.replace(/\s/g, ' ');

describe('formatting', () => {
  test.each([
    ['2000', 'UAH', '2,000 UAH', '2 000 UAH'],
    ['2000.00', 'UAH', '2,000 UAH', '2 000 UAH'],
    ['1979.9', 'EUR', '1,979.90 EUR', '1 979,90 EUR'],
    ['0.00051642', 'BTC', '0.00051642 BTC', '0,00051642 BTC'],
    ['-0.5', 'USDT', '-0.5 USDT', '-0,5 USDT'],
    ['7', 'NEW', '7 NEW', '7 NEW'],
    ['20', null, '20', '20'],
  ])('gives %s %s one look in each language', (amount, code, english, ukrainian) => {
    expect(plain(formatMoney(amount, code, 'en'))).toBe(english);
    expect(plain(formatMoney(amount, code, UKRAINIAN))).toBe(ukrainian);
  });

  const decimals = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.bigInt({ min: 0n, max: 10n ** 24n }),
      fc.option(fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 18 })),
    )
    .map(([sign, whole, part]) => `${sign}${whole}${part === null ? '' : `.${part}`}`);

  test('keeps every digit of any amount, in both languages', () => {
    const code = fc.constantFrom('UAH', 'BTC', 'NEW', null);
    fc.assert(
      fc.property(decimals, code, fc.constantFrom(...LANGUAGES), (amount, asset, language) => {
        const text = formatMoney(amount, asset, language);
        const number = asset ? text.slice(0, -asset.length - 1) : text;
        const digits = number
          .replace(/[\s\u00a0,]/g, (sign) => (sign === ',' && language !== 'en' ? '.' : ''))
          .replace(/[\u2212-]/, '-');
        expect(isZero(sum([digits, amount.startsWith('-') ? amount.slice(1) : `-${amount}`]))).toBe(true);
        // Amount and code never part at the end of a line.
        expect(text).not.toContain(' ');
      }),
      fuzzRuns(),
    );
  });

  test('gives a currency two places or none', () => {
    const cents = fc.tuple(fc.nat(10 ** 9), fc.nat(99)).map(([whole, part]) => `${whole}.${part}`);
    fc.assert(
      fc.property(cents, fc.constantFrom('UAH', 'EUR', 'USD'), (amount, code) => {
        expect(formatMoney(amount, code, 'en')).toMatch(/^[\d,]+(\.\d{2})?\u00a0[A-Z]{3}$/);
      }),
      fuzzRuns(),
    );
  });

  test('shortens the values of a chart, and shares', () => {
    expect(formatRough('12345.67', 'en')).toBe('12.3k');
    expect(plain(formatRough('12345.67', UKRAINIAN))).toBe('12,3 тис.');
    expect(formatShare(0.333, 'en')).toBe('33%');
    expect(formatShare(0.004, 'en')).toBe('0.4%');
  });
  test('rounds a price to cents, and shows four digits of a smaller one', () => {
    expect(formatPrice('3829876.129', 'UAH', 'en')).toBe('3,829,876.13\u00a0UAH');
    expect(formatPrice('41.5', 'EUR', 'en')).toBe('41.50\u00a0EUR');
    expect(formatPrice('0.0000123456', 'USD', 'en')).toBe('0.00001235\u00a0USD');
  });
});

describe('assets', () => {
  test('have names and symbols beside their codes', () => {
    expect(assetLabel('BTC', 'en')).toBe('Bitcoin · BTC');
    expect(assetLabel('UAH', UKRAINIAN)).toBe('Гривня · UAH');
    expect(assetLabel('XRP', 'en')).toBe('XRP');
    expect([assetSymbol('BTC'), assetSymbol('UAH'), assetSymbol('NEW')]).toEqual(['₿', '₴', null]);
  });

  test('that are unknown are shown as they are, whatever their code', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constantFrom('constructor', '__proto__', 'toString')), (code) => {
        fc.pre(assetSymbol(code) === null && placesOf(code) === null && assetName(code, 'en') === code);
        expect(assetLabel(code, UKRAINIAN)).toBe(code);
      }),
      fuzzRuns(200),
    );
    expect(assetLabel('constructor', 'en')).toBe('constructor');
  });
});
