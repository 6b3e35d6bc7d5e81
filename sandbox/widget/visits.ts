import { randomBytes } from 'node:crypto';
import type { OneTimeCode } from './one-time-code';

/** How far the person of one open document has come. */
export type Visit =
  | { stage: 'email'; codesSent: number }
  | { stage: 'code'; codesSent: number; email: string; code: OneTimeCode }
  | { stage: 'verification'; email: string }
  | { stage: 'purchase'; sessionId: string };

export interface Visits {
  /** Begins a visit; the id is the secret by which the document's calls are known. */
  begin(visit: Visit): string;
  get(id: string): Visit | undefined;
  /** Moves a visit on. */
  set(id: string, visit: Visit): void;
}

/** When there are more, the oldest are forgotten: their documents say "Session ended". */
const MOST_VISITS = 10_000;

/**
 * The visits of all open documents. They are known by an id in the document, not by a cookie:
 * browsers block third-party cookies, and here the widget is the third party.
 */
export function createVisits(): Visits {
  const visits = new Map<string, Visit>();
  return {
    begin(visit) {
      const id = randomBytes(24).toString('base64url');
      visits.set(id, visit);
      for (const oldest of visits.keys()) {
        if (visits.size <= MOST_VISITS) break;
        visits.delete(oldest);
      }
      return id;
    },
    get: (id) => visits.get(id),
    set: (id, visit) => void visits.set(id, visit),
  };
}
