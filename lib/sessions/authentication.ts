/**
 * How and when a person proved who they are: from next-auth's `signIn` callback, which knows, to the session that is
 * made next in the same request, whose adapter is told neither.
 */
export interface Authentication {
  /** next-auth's id of the provider; null until somebody has proved anything. */
  provider: string | null;
  /** Seconds since 1970 by the provider's clock (OpenID Connect Core 2, `auth_time`); null means now. */
  authTime: number | null;
}

/** How old an authentication at the provider may be when it signs somebody in, in seconds (`max_age`). */
export const OLDEST_AUTHENTICATION_SECONDS = 5 * 60;

/** How old the last authentication may be for what an operator changes, in minutes. */
export const FRESH_MINUTES = 15;

/** Nobody has proved anything yet. */
export function noAuthentication(): Authentication {
  return { provider: null, authTime: null };
}
