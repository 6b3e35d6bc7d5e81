import 'server-only';
import type { AuditEvent } from './events';

/** Why nobody can fill the trail with an event: everything that a customer or stranger can cause is held by one of these. */
export type Bound =
  /** So many rows in a window for one actor, subject and kind; the rest is counted into one more row (lib/audit/counted.ts). */
  | { counted: { rows: number; seconds: number } }
  /** What causes it is limited, in these files. */
  | { limits: Record<string, string> }
  /** At most one for each row of another event. */
  | { follows: AuditEvent['event'] }
  /** Customers and strangers cannot cause it. */
  | { causedBy: 'operator' | 'system' };

const QUARTER_OF_AN_HOUR = 15 * 60;
const HOUR = 60 * 60;

/** Every event of the trail, and what bounds it. An event without a line does not compile. */
export const AUDIT_BOUNDS = {
  sys_startup: { causedBy: 'system' },
  sys_rows_bound: { causedBy: 'system' },
  /** A new address needs a link that was mailed to it, or an identity at the institution's provider. */
  user_created: {
    limits: { 'link-address': 'lib/sign-in/link-limits.ts', 'sign-in-address': 'lib/sign-in/callback.ts' },
  },
  user_updated: {
    limits: { 'details-account': 'app/account/actions.ts', 'sign-in-address': 'lib/sign-in/callback.ts' },
  },
  user_deleted: { limits: { 'own-data-account': 'app/account/delete/route.ts' } },
  session_created: { limits: { 'sign-in-account': 'lib/sign-in/options.ts' } },
  session_expired: { follows: 'session_created' },
  authn_login_fail: { counted: { rows: 1, seconds: QUARTER_OF_AN_HOUR } },
  authn_login_lock: { causedBy: 'operator' },
  authn_token_created: { limits: { 'token-account': 'lib/authorisations/frame.ts' } },
  authn_token_revoked: { counted: { rows: 60, seconds: HOUR } },
  authz_fail: { counted: { rows: 1, seconds: QUARTER_OF_AN_HOUR } },
  authz_change: { counted: { rows: 30, seconds: HOUR } },
  sensitive_read: {
    limits: { 'own-data-account': 'app/api/account/own-data/route.ts', 'operator-account': 'lib/operator/read.ts' },
  },
  sensitive_update: { limits: { 'details-account': 'app/account/actions.ts' } },
  excess_rate_limit_exceeded: { counted: { rows: 1, seconds: QUARTER_OF_AN_HOUR } },
} as const satisfies Record<AuditEvent['event'], Bound>;

/** The names of the events that are counted. */
export type CountedName = {
  [Name in keyof typeof AUDIT_BOUNDS]: (typeof AUDIT_BOUNDS)[Name] extends { counted: object } ? Name : never;
}[keyof typeof AUDIT_BOUNDS];

/** An event of which only so many rows are appended in a window: `recordCounted` alone takes it. */
export type CountedEvent = Extract<AuditEvent, { event: CountedName }>;

/** An event whose cause is bounded: `record` takes it. */
export type PlainEvent = Exclude<AuditEvent, { event: CountedName }>;
