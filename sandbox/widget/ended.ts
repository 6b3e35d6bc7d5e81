import type { OpenRefusal } from '../kunacore/widget-backend';
import { Refusal } from './refusal';

/** Why a session is over, or never began, as told to the person. */
export const endedSentences: Record<OpenRefusal, string> = {
  malformed: 'The link that opened this widget is incomplete or was changed.',
  expired: 'The time for which you were let in has run out.',
  ended: 'You signed out, or your access was ended.',
  'other-browser': 'This widget was opened for another browser.',
  'already-opened': 'The link that opened this widget was already used.',
  'unknown-institution': 'This institution is not known to KUNA.',
};

/** The answer of every call of a session that is over. */
export function refuseEnded(reason: OpenRefusal): Refusal {
  return new Refusal(401, { error: 'ended', reason, message: endedSentences[reason] });
}
