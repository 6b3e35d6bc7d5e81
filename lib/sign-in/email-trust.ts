import type { OidcConfig } from '@/lib/config/oidc';
import { canonicalEmail } from '@/lib/email-address';
import type { OidcReason } from './oidc-failure';

/** What one source, the ID token or the userinfo, says about the address. Unchecked. */
export interface EmailClaims {
  email?: unknown;
  email_verified?: unknown;
  /** Entra ID: the owner of the address's domain has verified it. An optional claim. */
  xms_edov?: unknown;
}

type Trust = OidcConfig['emailTrust'];

/** The address of a sign-in, if it can be used. */
export type TrustedEmail = { email: string } | { problem: Extract<OidcReason, `email-${string}`> };

/**
 * Decides about the address of a sign-in by OIDC_EMAIL_TRUST. The userinfo's address counts, or the ID token's if the
 * userinfo has none. A statement counts for the address beside it: "verified" about one never covers another, and a
 * source that says nothing does not weaken one that says "verified". A contradiction is refused.
 */
export function trustedEmail(fromToken: EmailClaims, fromEndpoint: EmailClaims, trust: Trust): TrustedEmail {
  const given = [fromEndpoint, fromToken].find(({ email }) => typeof email === 'string' && email.trim() !== '');
  if (!given) return { problem: 'email-missing' };
  const email = addressOf(given);
  if (!email) return { problem: 'email-invalid' };
  const about = [fromToken, fromEndpoint].filter((source) => addressOf(source) === email);
  return isTrusted(trust, about, { fromToken, fromEndpoint, email }) ? { email } : { problem: 'email-trust' };
}

interface Sources {
  fromToken: EmailClaims;
  fromEndpoint: EmailClaims;
  email: string;
}

function isTrusted(trust: Trust, about: EmailClaims[], { fromToken, fromEndpoint, email }: Sources): boolean {
  if (trust === 'issuer') return true;
  // A source without an address speaks of the other's.
  const denied = [fromToken, fromEndpoint].some(
    (source) => isFalse(source.email_verified) && [null, email].includes(addressOf(source)),
  );
  if (denied) return false;
  if (trust === 'xms_edov') return about.includes(fromToken) && isEdov(fromToken.xms_edov);
  return about.some((source) => isTrue(source.email_verified));
}

function addressOf({ email }: EmailClaims): string | null {
  return typeof email === 'string' ? canonicalEmail(email) : null;
}

/** Cognito, Apple and others send the boolean as text. */
function isTrue(claim: unknown): boolean {
  return claim === true || claim === 'true';
}

function isFalse(claim: unknown): boolean {
  return claim === false || claim === 'false';
}

/** Entra ID sends `1`, `"1"` or `true`, depending on the version of the token. */
function isEdov(claim: unknown): boolean {
  return isTrue(claim) || claim === 1 || claim === '1';
}
