import 'server-only';
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { SealError } from '@/lib/crypto/keyring';
import { users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { readCountry } from './country-claim';
import { fields } from './details-schema';

const prefill = z.object({
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  phoneNumber: z.string().optional(),
  country: z.string().optional(),
  residenceAddress: z.string().optional(),
});

/** What the identity provider knows already, under the names of the details form. */
export type Prefill = z.infer<typeof prefill>;

/** Stores what the identity provider knows, encrypted, for the details form. */
export async function savePrefill({ db, keyring }: Services, userId: string, prefill: Prefill): Promise<void> {
  await db
    .update(users)
    .set({ claimsSealed: keyring.seal(JSON.stringify(prefill), place(userId)) })
    .where(and(eq(users.id, userId), isNull(users.deletedAt)));
}

/** The kept claims; empty when there are none or they can no longer be opened. */
export function openClaims({ keyring }: Pick<Services, 'keyring'>, userId: string, sealed: string | null): Prefill {
  if (!sealed) return {};
  try {
    return prefill.parse(JSON.parse(keyring.open(sealed, place(userId))));
  } catch (error) {
    if (error instanceof SealError) return {};
    throw error;
  }
}

/**
 * What of the claims stands in the form: each field by the rule for what people type there, the country as the form
 * offers it. What does not fit leaves its field empty. A `name` without its parts is not split: which of its words is the
 * family name differs between languages.
 */
export function usableClaims(claims: Prefill): Prefill {
  const country = claims.country && readCountry(claims.country);
  const entries = Object.entries({ ...claims, country }).flatMap(([field, claim]) => {
    const value = fields[field as keyof Prefill].safeParse(claim ?? '').data;
    return value ? [[field, value]] : [];
  });
  return Object.fromEntries(entries);
}

/** Where the claims are sealed (lib/crypto/keyring.ts). */
export function place(userId: string): string {
  return `users.claims.${userId}`;
}
