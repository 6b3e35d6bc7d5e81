import 'server-only';
import { eq } from 'drizzle-orm';
import { type Keyring, SealError } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { details, searchTokens, users } from '@/lib/db/schema';
import { termsOf } from '@/lib/search/terms';
import { tokensOf } from '@/lib/search/tokens';
import type { Findable } from '@/lib/search/words';
import { readEmail } from '@/lib/users/email-columns';
import { associatedData } from './associated-data';

/** The encrypted columns that a person is found and named by. */
export const findableColumns = {
  firstName: details.firstName,
  lastName: details.lastName,
  phoneNumber: details.phoneNumber,
};

type SealedDetails = Record<keyof typeof findableColumns, string>;

/** Opens what a person is found by. What no key opens is left out. */
export function openFindable(
  keyring: Keyring,
  user: Pick<typeof users.$inferSelect, 'id' | 'email'>,
  sealed: SealedDetails | null,
): Findable {
  const open = (field: keyof SealedDetails) =>
    sealed && readSealed(keyring, sealed[field], associatedData(user.id, field));
  return {
    email: user.email ? readEmail(keyring, user) : null,
    firstName: open('firstName'),
    lastName: open('lastName'),
    phoneNumber: open('phoneNumber'),
  };
}

function readSealed(keyring: Keyring, sealed: string, data: string): string | null {
  try {
    return keyring.open(sealed, data);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/**
 * Replaces a person's search tokens by those of their address and details as stored. Call it in the transaction that
 * changes them, after the change, so that its locks keep two of these apart.
 * @throws the driver's error.
 */
export async function indexForSearch(tx: Database, keyring: Keyring, userId: string): Promise<void> {
  const [row] = await tx
    .select({ user: { id: users.id, email: users.email }, sealed: findableColumns })
    .from(users)
    .leftJoin(details, eq(details.userId, users.id))
    .where(eq(users.id, userId));
  await tx.delete(searchTokens).where(eq(searchTokens.userId, userId));
  if (!row) return;
  const tokens = tokensOf(keyring, termsOf(openFindable(keyring, row.user, row.sealed)));
  if (tokens.length === 0) return;
  await tx.insert(searchTokens).values(tokens.map((token) => ({ token, userId })));
}
