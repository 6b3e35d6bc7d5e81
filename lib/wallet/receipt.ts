// What a receipt says, the same on the page and in the file.
import type { Language } from '@/lib/choices';
import { formatDate } from '@/lib/date-format';
import { formatMoney } from '@/lib/money/format';
import { formatFee, isPurchase, type OperationTranslator, operationWords, outcomeOf } from './operation-words';
import type { Operation } from './operations-schema';

type Key =
  | 'title'
  | 'titleOther'
  | 'notPaid'
  | 'type'
  | 'status'
  | 'started'
  | 'changed'
  | 'customer'
  | 'id'
  | 'wallet';

/** Translators: `getTranslations('receipt')` and `getTranslations('operations')`. */
export interface ReceiptTranslators {
  t: (key: Key) => string;
  operations: OperationTranslator;
}

/** A receipt, or the record of an operation that is no proof of payment. */
export interface Receipt {
  title: string;
  /** Says that nothing was paid, or not yet; null on a receipt. */
  warning: string | null;
  meaning: string;
  rows: { name: string; value: string }[];
}

/** Returns what a receipt says. Only a completed purchase is titled a receipt. */
export function receiptOf(
  { t, operations }: ReceiptTranslators,
  operation: Operation,
  customer: string,
  language: Language,
): Receipt {
  const words = operationWords(operations, operation);
  const outcome = outcomeOf(operation);
  const isReceipt = outcome === 'completed' && isPurchase(operation);
  const { sourceAmount, sourceAsset, targetAmount, targetAsset, fee, createdAt, updatedAt } = operation;
  const row = (name: string, value: string | null) => (value ? [{ name, value }] : []);
  const money = (amount: string | null, asset: string | null) => amount && formatMoney(amount, asset, language);
  const time = (at: string | null) => at && formatDate(at, language);
  return {
    title: t(isReceipt ? 'title' : 'titleOther'),
    warning: outcome === 'completed' ? null : t('notPaid'),
    meaning: words.meaning,
    rows: [
      ...row(t('type'), words.type),
      ...row(t('status'), words.status),
      ...row(words.paid, money(sourceAmount, sourceAsset)),
      ...row(words.received, money(targetAmount, targetAsset)),
      // Where nothing was bought, a fee would read as charged.
      ...row(words.fee, outcome === 'declined' ? null : fee && formatFee(operations, fee, language)),
      ...row(t('started'), time(createdAt)),
      ...row(t('changed'), time(updatedAt)),
      ...row(t('customer'), customer),
      ...row(t('id'), operation.id),
      ...row(t('wallet'), operation.walletId),
    ],
  };
}
