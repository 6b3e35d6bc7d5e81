import type { OpenRefusal } from '../kunacore/widget-backend';
import { Refusal } from './refusal';

/** Sentences for people about why a session has ended, or never began. */
export const endedSentences: Record<OpenRefusal, string> = {
  malformed: 'The link that opened this widget is incomplete or was changed.',
  expired: 'Your session has expired.',
  ended: 'You signed out, or your access was ended.',
  'other-browser': 'This widget was opened for another browser.',
  'already-opened': 'The link that opened this widget was already used.',
  'unknown-institution': 'This institution is not known to KUNA.',
};

/** Returns the refusal of every call of an ended session. */
export function refuseEnded(reason: OpenRefusal): Refusal {
  return new Refusal(401, { error: 'ended', reason, message: endedSentences[reason] });
}
