import { randomBytes } from 'node:crypto';
import type { OneTimeCode } from './one-time-code';

/** The progress of one open document. */
export type Visit =
  | { stage: 'email'; codesSent: number }
  | { stage: 'code'; codesSent: number; email: string; code: OneTimeCode }
  | { stage: 'verification'; email: string }
  | { stage: 'purchase'; sessionId: string };

export interface Visits {
  /** Begins a visit. Its id is the secret that identifies the document's calls. */
  begin(visit: Visit): string;
  get(id: string): Visit | undefined;
  /** Updates a visit. */
  set(id: string, visit: Visit): void;
}

/** The maximum number. Documents of older visits show "Session ended". */
const MOST_VISITS = 10_000;

/**
 * The visits of all open documents, identified by an id in the document. Browsers block the widget's cookies as
 * third-party ones.
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
