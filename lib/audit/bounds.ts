import 'server-only';
import type { AuditEvent } from './events';

/** Limits how often a customer or stranger can add an event, to prevent a flood of the audit log. */
export type Bound =
  /** Appends up to `rows` in a window for one actor, subject and kind. Counts the rest in one row (counted.ts). */
  | { counted: { rows: number; seconds: number } }
  /** Rate limits on the cause, with the file that counts each. */
  | { limits: Record<string, string> }
  /** Happens at most once for each row of another event. */
  | { follows: AuditEvent['event'] }
  /** Cannot be caused by customers or strangers. */
  | { causedBy: 'operator' | 'system' };

const QUARTER_OF_AN_HOUR = 15 * 60;
const HOUR = 60 * 60;

/** Maps every audit event to its bound. An event without a bound does not compile. */
export const AUDIT_BOUNDS = {
  sys_startup: { causedBy: 'system' },
  sys_rows_bound: { causedBy: 'system' },
  sys_details_kept: { causedBy: 'system' },
  sys_history_deleted: { causedBy: 'system' },
  /** Requires a mailed link, or an identity at the institution's provider. */
  user_created: {
    limits: { 'link-address': 'lib/sign-in/link-limits.ts', 'sign-in-address': 'lib/sign-in/callback.ts' },
  },
  user_updated: {
    limits: { 'details-account': 'app/account/actions.ts', 'sign-in-address': 'lib/sign-in/callback.ts' },
  },
  user_reported_wrong: { limits: { 'own-data-account': 'app/account/details/report/route.ts' } },
  user_deleted: { limits: { 'own-data-account': 'app/account/delete/route.ts' } },
  session_created: { limits: { 'sign-in-account': 'lib/sign-in/options.ts' } },
  session_expired: { follows: 'session_created' },
  authn_login_fail: { counted: { rows: 1, seconds: QUARTER_OF_AN_HOUR } },
  authn_login_lock: { causedBy: 'operator' },
  authn_token_created: { limits: { 'token-account': 'lib/authorisations/ahead.ts' } },
  authn_token_revoked: { counted: { rows: 60, seconds: HOUR } },
  authz_fail: { counted: { rows: 1, seconds: QUARTER_OF_AN_HOUR } },
  authz_change: { counted: { rows: 30, seconds: HOUR } },
  sensitive_read: {
    limits: { 'own-data-account': 'app/api/account/own-data/route.ts', 'operator-account': 'lib/operator/read.ts' },
  },
  sensitive_update: { limits: { 'details-account': 'app/account/actions.ts' } },
  excess_rate_limit_exceeded: { counted: { rows: 1, seconds: QUARTER_OF_AN_HOUR } },
} as const satisfies Record<AuditEvent['event'], Bound>;

/** The names of the counted events. */
export type CountedName = {
  [Name in keyof typeof AUDIT_BOUNDS]: (typeof AUDIT_BOUNDS)[Name] extends { counted: object } ? Name : never;
}[keyof typeof AUDIT_BOUNDS];

/** An event with a limited number of rows in a window. Only `appendCountedAudit` takes it. */
export type CountedEvent = Extract<AuditEvent, { event: CountedName }>;

/** An event with a bounded cause. `appendAudit` takes it. */
export type PlainEvent = Exclude<AuditEvent, { event: CountedName }>;
