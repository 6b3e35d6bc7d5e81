// Operations as the browser receives them. Amounts are decimal strings, types and statuses KunaCore's own values.
import type { Described } from './response-shape';

/** The documented types and statuses. KunaCore may add others (operation-words.ts). */
export const OPERATION_TYPES = [
  'DepositWithExchange',
  'BuyToSendCrypto',
  'WithdrawWithExchange',
  'CryptoExchange',
  'Deposit',
  'Withdraw',
  'Transfer',
] as const;
export const OPERATION_STATUSES = ['Created', 'Processing', 'OnHold', 'Completed', 'Declined'] as const;

const UNFINISHED = new Set(['Created', 'Processing']);

/** Returns whether the status will soon change by itself. */
export function isUnfinished({ status }: { status: string }): boolean {
  return UNFINISHED.has(status);
}

export const operation = {
  id: 'string',
  walletId: 'string',
  type: 'string',
  status: 'string',
  sourceAsset: 'string?',
  sourceAmount: 'string?',
  targetAsset: 'string?',
  targetAmount: 'string?',
  fee: 'string?',
  createdAt: 'string?',
  updatedAt: 'string?',
} as const;
export type Operation = Described<typeof operation>;

/** GET /api/account/operation: a list of one, or of none where the customer's wallet has no such operation. */
export const oneOperation = { operations: [operation] } as const;

/** A page of GET /api/account/operations. `next` is where the next page starts, or null after the last. */
export const operationsPage = { operations: [operation], next: 'number?' } as const;
export type OperationsPage = Described<typeof operationsPage>;
