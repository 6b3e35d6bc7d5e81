import 'server-only';
import { z } from 'zod';

/** The actions of an operator for a customer. */
export const OPERATOR_ACTIONS = [
  'cancel-authorisation',
  'sign-out',
  'ask-again',
  'link-conflict',
  'dismiss-conflict',
  'export',
  'block',
  'unblock',
  'delete',
] as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

/** Why an action is taken. Codes of a closed list: they stand in the audit log, the text beside them does not. */
export const REASONS = [
  'customer-asked',
  'lost-device',
  'suspected-misuse',
  'authority',
  'checked',
  'mistake',
  'other',
] as const;
type ReasonCode = (typeof REASONS)[number];

/** The reasons that each action may have. */
export const REASONS_FOR = {
  'cancel-authorisation': ['customer-asked', 'lost-device', 'suspected-misuse', 'other'],
  'sign-out': ['lost-device', 'customer-asked', 'suspected-misuse', 'other'],
  'ask-again': ['customer-asked', 'checked', 'other'],
  'link-conflict': ['checked', 'authority', 'other'],
  'dismiss-conflict': ['checked', 'customer-asked', 'other'],
  export: ['customer-asked', 'authority', 'other'],
  block: ['suspected-misuse', 'lost-device', 'customer-asked', 'authority', 'other'],
  unblock: ['checked', 'mistake', 'authority', 'other'],
  delete: ['customer-asked', 'authority', 'other'],
} as const satisfies Record<OperatorAction, readonly ReasonCode[]>;

/** The longest text of a reason or note. */
export const LONGEST_NOTE = 2000;

/** A reason, as an operator gives it. */
export interface Reason {
  code: ReasonCode;
  /** Personal data: stored encrypted (notes.ts), never in the audit log. */
  text: string;
}

/** Reads the reason of a form. Null when it is missing, is none of the action's, or is `other` without a text. */
export function toReason(action: OperatorAction, code: unknown, text: unknown): Reason | null {
  const allowed: readonly ReasonCode[] = REASONS_FOR[action];
  const found = allowed.find((one) => one === code);
  const typed = z
    .string()
    .trim()
    .max(LONGEST_NOTE)
    .safeParse(text ?? '').data;
  if (!found || typed === undefined || (found === 'other' && typed === '')) return null;
  return { code: found, text: typed };
}
