/**
 * What the trail can say, under the names of OWASP's logging vocabulary
 * (https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html). A type, so that nothing else
 * gets in: ids, codes and counts, never what somebody typed.
 */
export type AuditEvent = {
  /** Who did it. */
  actor: `user:${string}` | `operator:${string}` | 'system';
  /** The user it was done to. */
  subject?: string | null;
} & (
  | { event: 'sys_startup'; facts: { pid: number } }
  /** Rows of before were bound to their users, once and for all (lib/maintenance/data-migration.ts). */
  | { event: 'sys_rows_bound'; facts: { users: number; accounts: number; customers: number } }
  | { event: 'user_created'; facts?: undefined }
  | {
      event: 'user_updated';
      facts: {
        blocked?: boolean;
        customer?: 'linked' | 'conflict' | 'rejected';
        code?: string;
        /** The provider of an identity that signs this user in from now on. */
        identity?: string;
      };
    }
  | { event: 'user_deleted'; facts?: undefined }
  | { event: 'session_created'; facts: { role: string } }
  | { event: 'session_expired'; facts: { reason: string; sessions: number } }
  | { event: 'authn_login_fail'; facts: { reason: string } & Counted }
  | { event: 'authn_login_lock'; facts: { reason: string } }
  /** A widget token was made. */
  | { event: 'authn_token_created'; facts: { epoch: number } }
  /** KunaCore carried an invalidation out. */
  | { event: 'authn_token_revoked'; facts: { epoch: number } & Counted }
  | { event: 'authz_fail'; facts: { resource: string } & Counted }
  /** What an operator did, or a person with their own authorisation. */
  | { event: 'authz_change'; facts: { action: string } & Counted }
  | {
      event: 'sensitive_read';
      /** Of a list: which page, narrowed how, and how many lines came; never what was searched for. */
      facts: { object: string; page?: number; filter?: string; results?: number };
    }
  | {
      event: 'sensitive_update';
      /** `overruled`: fields whose number did not fit its country, and which the person confirmed all the same. */
      facts: { object: string; version: number; consent: string; overruled?: string };
    }
  | { event: 'excess_rate_limit_exceeded'; facts: { limit: string } & Counted }
);

/** In a row that stands for others of its kind: how many (lib/audit/counted.ts). */
interface Counted {
  times?: number;
}
