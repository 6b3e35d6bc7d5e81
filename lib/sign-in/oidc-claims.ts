import { readPersonClaims } from '@/lib/customers/person-claims';
import type { Prefill } from '@/lib/customers/prefill';
import { readVerifiedClaims } from '@/lib/kyc/verified-claims';
import type { ProviderSignIn } from '@/lib/sessions/authentication';
import type { TrustedEmail } from './email-trust';

/** What a sign-in at the identity provider proves. */
export type OidcIdentity = TrustedEmail & {
  sub: string;
  /** Time of the authentication, in seconds since 1970, from the ID token only; null when the provider does not say. */
  authTime: number | null;
  /** The strength of the authentication, from the ID token only. */
  acr: string | null;
  /** The provider used a session from before a sign-out in this browser (ask-again.ts). */
  isFromBefore: boolean;
  /** What the provider needs to end this sign-in. */
  atProvider: ProviderSignIn;
  prefill: Prefill;
};

/** Returns the claims under the names of the details form. The userinfo's win. */
export function toPrefill(fromToken: object, fromEndpoint: object): Prefill {
  const verified = [fromToken, fromEndpoint].flatMap(readVerifiedClaims);
  return { ...readPersonClaims({ ...fromToken, ...fromEndpoint }), ...(verified.length > 0 && { verified }) };
}
