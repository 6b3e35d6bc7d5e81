// Shared by the route and by the pages that poll it.

/** Tells whether the widget that the buy page shows may still be used. */
export type AuthorisationStatus =
  /** This browser has shown no token yet. */
  | { state: 'none' }
  | { state: 'live' }
  /** The token expires within minutes. */
  | { state: 'expiring'; inSeconds: number }
  /** Past its `exp`. Whether Kuna lets a purchase in progress finish is up to Kuna. */
  | { state: 'expired' }
  /** Ended by a person, here or elsewhere, or by the institution. */
  | { state: 'ended' };

/** What a page shows about the end of its session, and when it asks again. */
export interface Ending {
  /** `idle` can be postponed. `last` cannot: the session has its greatest age. */
  warning: 'idle' | 'last' | null;
  /** Seconds until the end. */
  inSeconds: number;
  askInSeconds: number;
}

/** The response of GET /api/account/status. */
export type AccountStatus =
  | { session: 'live'; customer: string; authorisation: AuthorisationStatus; ending: Ending }
  | { session: 'over' };

const STATES: unknown[] = ['none', 'live', 'expiring', 'expired', 'ended'] satisfies AuthorisationStatus['state'][];

/** Reports whether JSON is an account's status. Without a schema library, which would be much of the page's script. */
export function isAccountStatus(value: unknown): value is AccountStatus {
  const { session, customer, authorisation } = (value ?? {}) as Record<string, unknown>;
  if (session === 'over') return true;
  const { state } = (authorisation ?? {}) as Record<string, unknown>;
  return session === 'live' && typeof customer === 'string' && STATES.includes(state);
}
