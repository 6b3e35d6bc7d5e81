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
  | { event: 'user_created'; facts?: undefined }
  | {
      event: 'user_updated';
      facts: { blocked?: boolean; customer?: 'linked' | 'conflict' | 'rejected'; code?: string };
    }
  | { event: 'user_deleted'; facts?: undefined }
  | { event: 'session_created'; facts: { role: string } }
  | { event: 'session_expired'; facts: { reason: string; sessions: number } }
  /** `count`: how often since the last such event. */
  | { event: 'authn_login_fail'; facts: { reason: string; count: number } }
  | { event: 'authn_login_lock'; facts: { reason: string } }
  /** A widget token was made. */
  | { event: 'authn_token_created'; facts: { epoch: number } }
  /** KunaCore carried an invalidation out. */
  | { event: 'authn_token_revoked'; facts: { epoch: number } }
  | { event: 'authz_fail'; facts: { resource: string } }
  /** What an operator did, or a person with their own authorisation. */
  | { event: 'authz_change'; facts: { action: string } }
  | { event: 'sensitive_read'; facts: { object: string } }
  | { event: 'sensitive_update'; facts: { object: string; version: number; consent: string } }
  | { event: 'excess_rate_limit_exceeded'; facts: { limit: string } }
);
