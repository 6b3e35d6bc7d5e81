import 'server-only';
import { OPERATOR_REFUSALS } from './actions';
import { OPERATOR_ACTIONS } from './reasons';

const SUCCESSES = [...OPERATOR_ACTIONS, 'requested', 'confirmed', 'refused', 'noted'] as const;

/** What an action can tell on the customer's page. Nothing else is shown (flash.ts). */
export const OUTCOMES = [...SUCCESSES, ...OPERATOR_REFUSALS] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Returns the tone of an outcome's message. */
export function toneOf(outcome: Outcome): 'good' | 'bad' {
  return SUCCESSES.some((success) => success === outcome) ? 'good' : 'bad';
}
