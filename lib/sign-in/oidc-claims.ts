import { z } from 'zod';
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
  /** The person's groups, from OPERATOR_ROLES_CLAIM. */
  groups: string[];
};

/** Returns the claims under the names of the details form. The userinfo's win. */
export function toPrefill(fromToken: object, fromEndpoint: object): Prefill {
  const verified = [fromToken, fromEndpoint].flatMap(readVerifiedClaims);
  return { ...readPersonClaims({ ...fromToken, ...fromEndpoint }), ...(verified.length > 0 && { verified }) };
}

/** A group, or a list of them. Anything else counts as none. */
const groupsClaim = z.union([z.string().transform((group) => [group]), z.array(z.string())]).catch([]);

/**
 * Returns the groups of a claim. The ID token's win, because it is signed.
 * @param name the claim's name, or a path into an object, such as `realm_access.roles`; null for none.
 */
export function toGroups(fromToken: object, fromEndpoint: object, name: string | null): string[] {
  if (name === null) return [];
  return groupsClaim.parse(claimAt(fromToken, name) ?? claimAt(fromEndpoint, name));
}

/** Names may contain dots themselves, such as `https://bank.example/groups`, so the whole name is tried first. */
function claimAt(claims: object, name: string): unknown {
  const own = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  return own(claims, name) ?? name.split('.').reduce(own, claims as unknown);
}
