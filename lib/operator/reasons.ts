import 'server-only';
import { cleanText, countCharacters, isUsable } from '@/lib/text';

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

/** Reads the reason of a form. @returns which field is missing or wrong instead: the text is needed for `other`. */
export function toReason(action: OperatorAction, code: unknown, text: unknown): Reason | 'reason' | 'text' {
  const allowed: readonly ReasonCode[] = REASONS_FOR[action];
  const found = allowed.find((one) => one === code);
  if (!found) return 'reason';
  const typed = toNote(text, LONGEST_NOTE);
  if (typed === null || (found === 'other' && typed === '')) return 'text';
  return { code: found, text: typed };
}

/**
 * Reads a text of several lines. @param longest in code points.
 * @returns null when it is longer, or cannot be stored and shown as typed; empty when nothing visible was typed.
 */
export function toNote(typed: unknown, longest: number): string | null {
  const text = cleanText(typeof typed === 'string' ? typed : '');
  const isStorable = text.split('\n').every(isUsable) && countCharacters(text) <= longest;
  return isStorable ? text : null;
}
