import { createTranslator } from 'next-intl';
import { describe, expect, test } from 'vitest';
import { LANGUAGES, type Language } from '@/lib/choices';
import { messagesIn } from '@/tests/translations';
import { formatFee, formatPair, isKnown, operationWords } from './operation-words';
import { OPERATION_STATUSES, OPERATION_TYPES, type Operation } from './operations-schema';

const translator = (language: Language) =>
  createTranslator({ locale: language, messages: messagesIn(language), namespace: 'operations' });
const t = translator('en');

const operation = (more: Partial<Operation>): Operation => ({
  id: 'o-1',
  walletId: 'w-1',
  type: 'DepositWithExchange',
  status: 'Completed',
  sourceAsset: 'UAH',
  sourceAmount: '100.13',
  targetAsset: 'BTC',
  targetAmount: '0.00002585',
  fee: '1',
  createdAt: null,
  updatedAt: null,
  ...more,
});

describe('a purchase', () => {
  test.each([
    ['Completed', 'Paid', 'Received', /^Done/],
    ['Created', 'You pay', 'You get', /as soon as your payment arrives/],
    ['Processing', 'You pay', 'You get', /updates by itself/],
    ['OnHold', 'You pay', 'You get', /\(AML\)/],
    ['Declined', 'Amount', 'Would have received', /Nothing was bought\.$/],
  ])('that is %s says "%s" and "%s"', (status, paid, received, meaning) => {
    const words = operationWords(t, operation({ status }));
    expect([words.paid, words.received]).toEqual([paid, received]);
    expect(words.meaning).toMatch(meaning);
  });

  test('that is declined claims neither a payment nor that the card was not charged', () => {
    for (const language of LANGUAGES) {
      const words = operationWords(translator(language), operation({ status: 'Declined' }));
      expect(Object.values(words).join(' ')).not.toMatch(/\bpaid\b|charged|сплачено|списано/i);
    }
  });

  test('in euros says that SEPA takes days, until it is carried out', () => {
    const meaning = (status: string, sourceAsset = 'EUR') =>
      operationWords(t, operation({ status, sourceAsset })).meaning;
    for (const status of ['Created', 'Processing']) expect(meaning(status)).toMatch(/SEPA transfer takes days/);
    for (const status of ['OnHold', 'Declined', 'Completed']) expect(meaning(status)).not.toContain('SEPA');
    expect(meaning('Created', 'UAH')).not.toContain('SEPA');
  });

  test('that is sent on does not lie in the wallet', () => {
    expect(operationWords(t, operation({ type: 'BuyToSendCrypto' })).meaning).not.toContain('wallet');
  });
});

test('what is not a purchase is neither bought nor paid', () => {
  for (const type of OPERATION_TYPES.filter((known) => !['DepositWithExchange', 'BuyToSendCrypto'].includes(known)))
    for (const status of OPERATION_STATUSES) {
      const words = operationWords(t, operation({ type, status }));
      expect(Object.values(words).join(' ')).not.toMatch(/bought|\bpaid\b|you pay|purchase/i);
    }
});

test.each(LANGUAGES)('unknown types and statuses get a general word, never the raw code (%s)', (language) => {
  for (const [type, status] of [
    ['Staking', 'Dreaming'],
    ['DepositWithExchange', 'constructor'],
    ['toString', 'Completed'],
  ] as const) {
    const words = operationWords(translator(language), operation({ type, status }));
    for (const word of Object.values(words))
      expect(word).not.toMatch(/Staking|Dreaming|constructor|toString|operations\./);
    expect(isKnown({ type, status })).toBe(false);
  }
});

test('an unknown status is not said to be paid', () => {
  expect(operationWords(t, operation({ status: 'Dreaming' })).paid).toBe('You pay');
});

test('a fee says that its currency is not known', () => {
  expect(formatFee(t, '1', 'en')).toBe('1 (Kuna doesn’t state the currency)');
});

test('a pair shows the sides that are known', () => {
  const plain = (more: Partial<Operation>) => formatPair(operation(more), 'en').replace(/\s/g, ' ');
  expect(plain({})).toBe('100.13 UAH → 0.00002585 BTC');
  expect(plain({ sourceAmount: null })).toBe('0.00002585 BTC');
  expect(plain({ sourceAmount: null, targetAmount: null })).toBe('');
});
