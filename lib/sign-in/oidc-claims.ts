import { z } from 'zod';
import { addressClaim } from '@/lib/customers/address-claim';
import type { Prefill } from '@/lib/customers/prefill';
import type { ProviderSignIn } from '@/lib/sessions/authentication';

const text = z.string().trim().max(500).optional().catch(undefined);

/** Parses the claims that the portal uses (OpenID Connect Core 5.1). Drops malformed optional claims. */
export const oidcClaims = z.object({
  sub: z.string().min(1),
  /** Time of the authentication, from the ID token only, in seconds since 1970. */
  auth_time: z.number().optional().catch(undefined),
  /** The strength of the authentication; from the ID token only. */
  acr: z.string().optional().catch(undefined),
  /** Time of the ID token, and the provider's id of its session; from the ID token only. */
  iat: z.number().optional().catch(undefined),
  sid: z.string().min(1).max(512).optional().catch(undefined),
  email: text,
  email_verified: z.boolean().optional().catch(undefined),
  given_name: text,
  family_name: text,
  phone_number: text,
  address: addressClaim.optional().catch(undefined),
  locale: text,
});
export type OidcClaims = z.infer<typeof oidcClaims>;

/** Returns the claims under the names of the details form. */
export function toPrefill({ given_name, family_name, phone_number, address }: Partial<OidcClaims>): Prefill {
  return {
    firstName: given_name,
    lastName: family_name,
    phoneNumber: phone_number,
    country: address?.country,
    residenceAddress: address?.formatted,
  };
}

/** Returns the claims by which the provider can end this sign-in. */
export function toProviderSignIn({ sub, sid, iat }: OidcClaims): ProviderSignIn {
  return { subject: sub, sid: sid ?? null, issuedAt: iat ?? 0 };
}
