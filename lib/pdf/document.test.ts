// The files of receipts and statements, read back by another PDF library.
import fc from 'fast-check';
import { createTranslator } from 'next-intl';
import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, test } from 'vitest';
import { LANGUAGES, type Language } from '@/lib/choices';
import { formatMoney } from '@/lib/money/format';
import type { Operation } from '@/lib/wallet/operations-schema';
import { receiptOf } from '@/lib/wallet/receipt';
import { statementTexts } from '@/lib/wallet/statement-texts';
import { fuzzRuns } from '@/tests/fuzz';
import { messagesIn } from '@/tests/translations';
import { type PdfContent, writePdf } from './document';

const OPERATION: Operation = {
  id: '7b1d4a52-0000-4000-8000-000000000001',
  walletId: 'w-1',
  type: 'DepositWithExchange',
  status: 'Completed',
  sourceAsset: 'UAH',
  sourceAmount: '2000',
  targetAsset: 'BTC',
  targetAmount: '0.00051642',
  fee: '20',
  createdAt: '2026-11-26T22:19:00.000Z',
  updatedAt: '2026-11-26T22:20:00.000Z',
};

function translators(language: Language) {
  const own = { locale: language, messages: messagesIn(language) };
  return {
    receipt: createTranslator({ ...own, namespace: 'receipt' }),
    statement: createTranslator({ ...own, namespace: 'statement' }),
    operations: createTranslator({ ...own, namespace: 'operations' }),
  };
}

function receipt(operation: Operation, language: Language) {
  const { receipt: t, operations } = translators(language);
  return receiptOf({ t, operations }, operation, 'Олена Шевченко', language);
}

/** Returns what a reader sees: the text of all pages in order, and what the file says about itself. */
async function readBack(content: PdfContent) {
  const pdf = await getDocumentProxy(await writePdf(content));
  const { text } = await extractText(pdf, { mergePages: true });
  const { info } = await pdf.getMetadata();
  return { text: text.replace(/\s+/g, ' '), info, pages: pdf.numPages };
}

const plain = (text: string) => text.replace(/\s+/g, ' ');

describe.each(LANGUAGES)('in %s', (language) => {
  test('a receipt says what was paid and received, and its file has title and language', async () => {
    const { title, rows, meaning, warning } = receipt(OPERATION, language);
    expect(warning).toBeNull();
    expect(title).toBe(messagesIn(language).receipt.title);
    const blocks = [{ kind: 'text', text: meaning } as const, { kind: 'facts', rows } as const];
    const { text, info } = await readBack({ language, title, blocks, footer: 'Dnipro Bank' });
    for (const { name, value } of rows) expect(text).toContain(plain(`${name} ${value}`));
    expect(text).toContain('Олена Шевченко');
    expect(info).toMatchObject({ Title: title, Language: language });
  });

  test('every digit of any amount arrives in the file', async () => {
    const amount = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }))
      .map(([whole, part]) => `${whole}.${String(part).padStart(18, '0')}`);
    await fc.assert(
      fc.asyncProperty(amount, amount, async (sourceAmount, targetAmount) => {
        const { title, rows } = receipt({ ...OPERATION, sourceAmount, targetAmount }, language);
        const { text } = await readBack({ language, title, blocks: [{ kind: 'facts', rows }], footer: '' });
        expect(text).toContain(plain(formatMoney(sourceAmount, 'UAH', language)));
        expect(text).toContain(plain(formatMoney(targetAmount, 'BTC', language)));
      }),
      fuzzRuns(5),
    );
  });

  test('a statement of several pages holds every operation and the exact totals', async () => {
    const operations = Array.from({ length: 80 }, (_, index) => ({
      ...OPERATION,
      id: `op-${index}`,
      sourceAmount: '0.1',
      targetAmount: '0.000000000000000001',
    }));
    const { statement: t, operations: tOperations } = translators(language);
    const period = { from: '2026-01-01', to: '2026-12-31' };
    const texts = statementTexts({ t, operations: tOperations }, { operations, isCut: false }, period, language);
    const { columns, rows, totals, dates } = texts;
    const blocks = [{ kind: 'table', columns, rows } as const, { kind: 'facts', rows: totals } as const];
    const { text, pages } = await readBack({ language, title: dates, blocks, footer: '' });
    expect(pages).toBeGreaterThan(1);
    for (const { id } of operations) expect(text).toContain(id);
    expect(text).toContain(plain(formatMoney('8', 'UAH', language)));
    expect(text).toContain(plain(formatMoney('0.00000000000000008', 'BTC', language)));
  });

  test.each(['Declined', 'Created', 'Processing', 'OnHold', 'Unheard'])('%s is no receipt of a payment', (status) => {
    const { title, rows, warning } = receipt({ ...OPERATION, status }, language);
    const { receipt: own, operations } = messagesIn(language);
    expect([title, warning]).toEqual([own.titleOther, own.notPaid]);
    const { paid, received } = operations.amounts.purchase.completed;
    expect(rows.map(({ name }) => name).filter((name) => name === paid || name === received)).toEqual([]);
  });
});

test('writes any text of KunaCore without failing', async () => {
  const id = `=1\u0000\u202e😀${'漢'.repeat(300)}\ud800`;
  const { title, rows } = receipt({ ...OPERATION, id, type: id, status: id, sourceAsset: null, fee: null }, 'en');
  await readBack({ language: 'en', title, blocks: [{ kind: 'facts', rows }], footer: '' });
});
