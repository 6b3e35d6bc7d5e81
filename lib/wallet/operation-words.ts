// The words about an operation, the same on pages, in files and in mails. Safe in the browser.
import type { Language } from '@/lib/choices';
import { formatMoney } from '@/lib/money/format';
import { OPERATION_STATUSES, OPERATION_TYPES, type Operation } from './operations-schema';

type Type = (typeof OPERATION_TYPES)[number] | 'unknown';
type Status = (typeof OPERATION_STATUSES)[number] | 'unknown';
/** Only a purchase is paid and bought. Deposits, sales and transfers have words of their own. */
type Kind = 'purchase' | 'other';
/** Only a completed operation has been paid and received. */
export type Outcome = 'completed' | 'declined' | 'unfinished';

type Key =
  | `type.${Type}`
  | `status.${Status}`
  | `happened.${Status}`
  | `meaning.${Kind}.${Status}`
  | 'meaning.sent'
  | 'meaning.sepa'
  | `amounts.${Kind}.${Outcome}.${'paid' | 'received'}`
  | 'fee'
  | 'feeWithoutCurrency';

/** A translator of the namespace: `useTranslations('operations')` or `getTranslations('operations')`. */
export type OperationTranslator = (key: Key, values?: { type: string } | { amount: string }) => string;

/** What is said about an operation, in the language of the translator. */
export interface OperationWords {
  /** "Purchase" */
  type: string;
  /** "Completed" */
  status: string;
  /** "Purchase completed" */
  happened: string;
  /** Says in one or two sentences what the status means, what happens next and how long it takes. */
  meaning: string;
  /** Labels of the amounts: "Paid" and "Received", "You pay" and "You get", "Amount" and "Would have received". */
  paid: string;
  received: string;
  fee: string;
}

/** Returns the words for an operation. Types and statuses that KunaCore does not document get a general word. */
export function operationWords(
  t: OperationTranslator,
  operation: Pick<Operation, 'type' | 'status' | 'sourceAsset'>,
): OperationWords {
  const kind = isPurchase(operation) ? 'purchase' : 'other';
  const outcome = outcomeOf(operation);
  const status = statusOf(operation);
  const type = t(`type.${typeOf(operation)}`);
  return {
    type,
    status: t(`status.${status}`),
    happened: t(`happened.${status}`, { type }),
    meaning: meaningOf(t, operation),
    paid: t(`amounts.${kind}.${outcome}.paid`),
    received: t(`amounts.${kind}.${outcome}.received`),
    fee: t('fee'),
  };
}

function meaningOf(t: OperationTranslator, operation: Pick<Operation, 'type' | 'status' | 'sourceAsset'>): string {
  const { type, status, sourceAsset } = operation;
  const kind = isPurchase(operation) ? 'purchase' : 'other';
  if (type === 'BuyToSendCrypto' && status === 'Completed') return t('meaning.sent');
  const meaning = t(`meaning.${kind}.${statusOf(operation)}`);
  // SEPA moves euros only. Its rate is indicative until the money arrives.
  const mayBeSepa = sourceAsset === 'EUR' && (kind === 'purchase' || type === 'Deposit');
  return mayBeSepa && (status === 'Created' || status === 'Processing') ? `${meaning} ${t('meaning.sepa')}` : meaning;
}

/** Returns whether an operation buys crypto. */
export function isPurchase({ type }: Pick<Operation, 'type'>): boolean {
  return type === 'DepositWithExchange' || type === 'BuyToSendCrypto';
}

/** Returns whether KunaCore documents both type and status. */
export function isKnown(operation: Pick<Operation, 'type' | 'status'>): boolean {
  return typeOf(operation) !== 'unknown' && statusOf(operation) !== 'unknown';
}

/** Returns whether money was moved, was not, or may still be. */
export function outcomeOf({ status }: Pick<Operation, 'status'>): Outcome {
  if (status === 'Completed') return 'completed';
  return status === 'Declined' ? 'declined' : 'unfinished';
}

/** Formats a fee. KunaCore documents no currency for it, and says so, because "20" can be read as 20 BTC. */
export function formatFee(t: OperationTranslator, fee: string, language: Language): string {
  return t('feeWithoutCurrency', { amount: formatMoney(fee, null, language) });
}

/** Formats what is given and received, such as "2,000 UAH → 0.00051642 BTC", or the one that is known. */
export function formatPair(operation: Operation, language: Language): string {
  const { sourceAmount, sourceAsset, targetAmount, targetAsset } = operation;
  const source = sourceAmount && formatMoney(sourceAmount, sourceAsset, language);
  const target = targetAmount && formatMoney(targetAmount, targetAsset, language);
  return [source, target].filter(Boolean).join(' → ');
}

function typeOf({ type }: Pick<Operation, 'type'>): Type {
  return OPERATION_TYPES.find((known) => known === type) ?? 'unknown';
}

function statusOf({ status }: Pick<Operation, 'status'>): Status {
  return OPERATION_STATUSES.find((known) => known === status) ?? 'unknown';
}
