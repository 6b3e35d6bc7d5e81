import 'server-only';
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { SealError } from '@/lib/crypto/keyring';
import { users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { readCountry } from './country-claim';
import type { DetailField, Details } from './detail-fields';
import { fields } from './details-schema';

const plain = z.object({
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  phoneNumber: z.string().optional(),
  country: z.string().optional(),
  residenceAddress: z.string().optional(),
});
/** A set of claims that were verified together (lib/kyc/verified-claims.ts). */
const verifiedSet = z.object({
  framework: z.string(),
  /** ISO 8601; null where the provider does not say. */
  at: z.string().nullable(),
  fields: plain.extend({ documentNumber: z.string().optional() }),
});
const prefill = plain.extend({ verified: z.array(verifiedSet).optional() });

/** Claims of the identity provider, under the names of the details form. */
export type Prefill = z.infer<typeof prefill>;
export type VerifiedSet = z.infer<typeof verifiedSet>;

/** Stores the identity provider's claims, encrypted, for the details form. */
export async function savePrefill({ db, keyring }: Services, userId: string, prefill: Prefill): Promise<void> {
  await db
    .update(users)
    .set({ claimsSealed: keyring.seal(JSON.stringify(prefill), associatedData(userId)) })
    .where(and(eq(users.id, userId), isNull(users.deletedAt)));
}

/** Returns the stored claims; empty when there are none or they cannot be decrypted. */
export function openClaims({ keyring }: Pick<Services, 'keyring'>, userId: string, sealed: string | null): Prefill {
  if (!sealed) return {};
  try {
    return prefill.parse(JSON.parse(keyring.open(sealed, associatedData(userId))));
  } catch (error) {
    if (error instanceof SealError) return {};
    throw error;
  }
}

/**
 * Returns the claims that the form can show: each field must pass the rule for typed values, the country must be one
 * of the form's. A `name` without its parts is not split, because the place of the family name differs between
 * languages.
 */
export function usableClaims({ verified: _, ...claims }: Prefill & Partial<Details>): Partial<Details> {
  const country = claims.country && readCountry(claims.country);
  const entries = Object.entries({ ...claims, country }).flatMap(([field, claim]) => {
    const value = fields[field as DetailField].safeParse(claim ?? '').data;
    return value ? [[field, value]] : [];
  });
  return Object.fromEntries(entries);
}

/** Returns the associated data of the claims (lib/crypto/keyring.ts). */
export function associatedData(userId: string): string {
  return `users.claims.${userId}`;
}
