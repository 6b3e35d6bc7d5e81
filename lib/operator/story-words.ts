import 'server-only';
import type { StoryLine } from './story';

/** Returns what the sentence of an event depends on: a code of a closed list, as the messages spell it. */
export function whatOf(line: Pick<StoryLine, 'event' | 'facts' | 'actor'>): string {
  return codeOf(line).replaceAll('-', '_');
}

function codeOf({ event, facts, actor }: Pick<StoryLine, 'event' | 'facts' | 'actor'>): string {
  switch (event) {
    case 'user_updated':
      if (facts.blocked !== undefined) return facts.blocked ? 'blocked' : 'unblocked';
      if (facts.address !== undefined) return facts.address === 'moved' ? 'moved' : 'taken';
      if (facts.wallet !== undefined) return `wallet-${facts.wallet}`;
      if (facts.review !== undefined) return `review-${facts.review}`;
      if (facts.consent !== undefined) return `consent-${facts.consent}`;
      if (facts.messages !== undefined) return 'messages';
      return facts.identity !== undefined ? 'identity' : String(facts.customer ?? 'other');
    case 'sensitive_update':
      return actor === 'system' ? 'source' : 'other';
    case 'session_expired':
      return String(facts.reason);
    case 'authz_change':
      return String(facts.action);
    case 'sensitive_read':
      return String(facts.object);
    default:
      return 'other';
  }
}
