/**
 * Carries the method and time of an authentication from next-auth's `signIn` callback to the session that the same
 * request creates. next-auth does not pass them to the adapter.
 */
export interface Authentication {
  /** next-auth's id of the provider; null before the authentication. */
  provider: string | null;
  /** Seconds since 1970 by the provider's clock (OpenID Connect Core 2, `auth_time`); null means now. */
  authTime: number | null;
  /** The person's groups at the provider (OPERATOR_ROLES_CLAIM); missing for a link. */
  groups?: string[];
  /** What the ID token says of the provider's own session; missing for a link. */
  atProvider?: ProviderSignIn;
}

/** Names a sign-in at the identity provider, so that the provider can end it (lib/sessions/end-at-provider.ts). */
export interface ProviderSignIn {
  subject: string;
  /** The provider's id of its session; null where it sends none. */
  sid: string | null;
  /** Seconds since 1970 by the provider's clock: the time of the ID token. */
  issuedAt: number;
}

/** Limits the age of an authentication at the provider at sign-in (`max_age`). */
export const OLDEST_AUTHENTICATION_SECONDS = 5 * 60;

/** Limits the age of the last authentication for an operator's changes. */
export const FRESH_MINUTES = 15;

/** Returns the state before an authentication. */
export function noAuthentication(): Authentication {
  return { provider: null, authTime: null };
}
