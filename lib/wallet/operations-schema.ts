// Operations as the browser receives them. Amounts are decimal strings, types and statuses KunaCore's own values.
import { z } from 'zod';

/** The documented types and statuses; others are shown as they are. */
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

export const operation = z.object({
  id: z.string(),
  walletId: z.string(),
  type: z.string(),
  status: z.string(),
  sourceAsset: z.string().nullable(),
  sourceAmount: z.string().nullable(),
  targetAsset: z.string().nullable(),
  targetAmount: z.string().nullable(),
  fee: z.string().nullable(),
  createdAt: z.string().nullable(),
  updatedAt: z.string().nullable(),
});
export type Operation = z.infer<typeof operation>;

/** A page of GET /api/account/operations. */
export const operationsPage = z.object({
  operations: z.array(operation),
  /** Where the next page starts, or null after the last. */
  next: z.number().nullable(),
});
export type OperationsPage = z.infer<typeof operationsPage>;

const value = z
  .string()
  .trim()
  .max(40)
  .regex(/^[\w.-]*$/)
  .catch('');
// JavaScript reads the years 0 to 99 as 1900 to 1999.
const day = z.iso
  .date()
  .regex(/^(?!00)/)
  .or(z.literal(''))
  .catch('');

/** Filters of operations; an empty text means all. Days are whole days in the institution's time zone. */
export const operationFilter = z.object({
  type: value.default(''),
  status: value.default(''),
  asset: value.default(''),
  from: day.default(''),
  to: day.default(''),
});
export type OperationFilter = z.infer<typeof operationFilter>;
