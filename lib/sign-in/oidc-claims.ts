import { z } from 'zod';
import { addressClaim } from '@/lib/customers/address-claim';
import type { Prefill } from '@/lib/customers/prefill';
import type { ProviderSignIn } from '@/lib/sessions/authentication';
import type { TrustedEmail } from './email-trust';

const text = z.string().trim().max(500).optional().catch(undefined);

/** Parses the claims that prefill the details (OpenID Connect Core 5.1). Drops malformed ones. */
const prefillClaims = z.object({
  given_name: text,
  family_name: text,
  phone_number: text,
  address: addressClaim.optional().catch(undefined),
});

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
  const { given_name, family_name, phone_number, address } = prefillClaims.parse({ ...fromToken, ...fromEndpoint });
  return {
    firstName: given_name,
    lastName: family_name,
    phoneNumber: phone_number,
    country: address?.country,
    residenceAddress: address?.formatted,
  };
}
