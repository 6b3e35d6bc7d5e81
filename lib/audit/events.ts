/**
 * Lists the events of the audit log, under the names of OWASP's logging vocabulary
 * (https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html). The type admits only ids,
 * codes and counts, never text that a person typed.
 */
export type AuditEvent = {
  /** The person or process that acted. */
  actor: `user:${string}` | `operator:${string}` | 'system';
  /** The affected user. */
  subject?: string | null;
} & (
  | { event: 'sys_startup'; facts: { pid: number } }
  /** Rows of an older version were bound to their users (lib/maintenance/data-migration.ts). Happens once. */
  | { event: 'sys_rows_bound'; facts: { users: number; accounts: number; customers: number } }
  /** Details of an older version were copied into the history (lib/maintenance/keep-older-details.ts). Happens once. */
  | { event: 'sys_details_kept'; facts: { details: number } }
  /** The history of people whose retention period is over was deleted (lib/customers/retention.ts). */
  | { event: 'sys_history_deleted'; facts: { people: number } }
  | { event: 'user_created'; facts?: undefined }
  | {
      event: 'user_updated';
      facts: {
        blocked?: boolean;
        /** `claimed`, `dismissed` and `asked-again` are decisions of an operator (lib/customers/conflict.ts). */
        customer?: 'linked' | 'conflict' | 'rejected' | 'claimed' | 'dismissed' | 'asked-again';
        /** KunaCore's id of a claimed customer. */
        customerId?: string;
        code?: string;
        /** KunaCore confirmed what the institution decided about the wallet. */
        wallet?: 'blocked' | 'unblocked';
        /** The provider of a newly linked identity. */
        identity?: string;
        /**
         * The provider sent a new address. `moved`: it is the user's now. `conflict`: it is another user's, and the
         * institution decides.
         */
        address?: 'moved' | 'conflict';
        /** An operator reviewed the details. `accepted-first`: another operator must accept them, too. */
        review?: 'accepted' | 'accepted-first' | 'returned';
        /** The reason of a return, from a list. */
        reason?: string;
        /** The version of the details that it is about. */
        version?: number;
        consent?: 'withdrawn';
        /** The kinds of messages that the person wants, of those that can be switched off (lib/notifications). */
        messages?: string;
      };
    }
  | { event: 'user_deleted'; facts?: undefined }
  /** A person says that a verified field of their details is wrong (lib/kyc/report-wrong.ts). */
  | { event: 'user_reported_wrong'; facts: { field: string } }
  | { event: 'session_created'; facts: { role: string } }
  | { event: 'session_expired'; facts: { reason: string; sessions: number } }
  | { event: 'authn_login_fail'; facts: { reason: string } & Counted }
  | { event: 'authn_login_lock'; facts: { reason: string } }
  /** KunaCore issued a widget token. */
  | { event: 'authn_token_created'; facts: { epoch: number } }
  /** KunaCore completed an invalidation. */
  | { event: 'authn_token_revoked'; facts: { epoch: number } & Counted }
  | { event: 'authz_fail'; facts: { resource: string } & Counted }
  /** An operator acted, or a person ended their own access. */
  | { event: 'authz_change'; facts: { action: string; reason?: string } & Counted }
  | {
      event: 'sensitive_read';
      /** Describes a list by page, filter and number of rows. Never contains the search text. */
      facts: { object: string; page?: number; filter?: string; results?: number };
    }
  | {
      event: 'sensitive_update';
      /**
       * `overruled`: fields that the person confirmed although the number did not fit its country. `verified`: fields
       * that a source verified (lib/kyc).
       */
      facts: { object: string; version: number; consent: string; overruled?: string; verified?: string };
    }
  | { event: 'excess_rate_limit_exceeded'; facts: { limit: string } & Counted }
);

/** Counts the events that this row summarises (lib/audit/counted.ts). */
interface Counted {
  times?: number;
}
