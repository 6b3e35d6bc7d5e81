// What a statement says, the same on the page and in the file.
import type { Language } from '@/lib/choices';
import { formatDate } from '@/lib/date-format';
import { formatMoney } from '@/lib/money/format';
import { type OperationTranslator, operationWords } from './operation-words';
import type { Period, Statement, Total } from './statement';
import { totalsOf } from './statement';

type Key = `columns.${'when' | 'type' | 'paid' | 'received' | 'fee' | 'id'}` | 'totalPaid' | 'totalReceived';

/** Translators: `getTranslations('statement')` and `getTranslations('operations')`. */
export interface StatementTranslators {
  t: (key: Key | 'period', values?: Record<string, string>) => string;
  operations: OperationTranslator;
}

/** The columns with their shares of the width. */
const COLUMNS = [
  { name: 'when', share: 3 },
  { name: 'type', share: 3 },
  { name: 'paid', share: 3, isNumber: true },
  { name: 'received', share: 4, isNumber: true },
  { name: 'fee', share: 1.8, isNumber: true },
  { name: 'id', share: 4.2 },
] as const;

/** Returns the texts of a statement: its dates, the table and the totals. */
export function statementTexts(
  { t, operations: tOperations }: StatementTranslators,
  { operations }: Statement,
  { from, to }: Period,
  language: Language,
) {
  const day = (text: string) => formatDate(`${text}T12:00:00Z`, language, { dateStyle: 'long', timeZone: 'UTC' });
  const money = (amount: string | null, asset: string | null) => (amount ? formatMoney(amount, asset, language) : '');
  const list = (totals: Total[]) => totals.map(({ asset, amount }) => money(amount, asset)).join(' · ');
  const { paid, received } = totalsOf(operations);
  return {
    dates: t('period', { from: day(from), to: day(to) }),
    columns: COLUMNS.map((column) => ({ ...column, name: t(`columns.${column.name}`) })),
    rows: operations.map((operation) => [
      operation.createdAt ? formatDate(operation.createdAt, language) : '',
      operationWords(tOperations, operation).type,
      money(operation.sourceAmount, operation.sourceAsset),
      money(operation.targetAmount, operation.targetAsset),
      operation.fee ? money(operation.fee, null) : '',
      operation.id,
    ]),
    totals: [
      { name: t('totalPaid'), value: list(paid) },
      { name: t('totalReceived'), value: list(received) },
    ].filter(({ value }) => value !== ''),
  };
}
