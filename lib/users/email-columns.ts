import 'server-only';
import { inArray, type SQL } from 'drizzle-orm';
import { type Keyring, SealError } from '@/lib/crypto/keyring';
import { users } from '@/lib/db/schema';

// Addresses are personal data, and a user is found by theirs: encrypted, with a blind index beside it.

const COLUMN = 'users.email';

/** The columns of `users` for this canonical address. */
export function emailColumns(keyring: Keyring, userId: string, email: string): { email: string; emailIndex: string } {
  return { email: keyring.seal(email, associatedData(userId)), emailIndex: keyring.index(email, COLUMN) };
}

/** The address of a row again. @throws SealError when it cannot be opened. */
export function openEmail(keyring: Keyring, row: { id: string; email: string }): string {
  return keyring.open(row.email, associatedData(row.id));
}

/** The same; null when it cannot be opened: who is asking is known all the same. */
export function readEmail(keyring: Keyring, row: { id: string; email: string }): string | null {
  try {
    return openEmail(keyring, row);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** The user with this canonical address, under whichever key it was written. */
export function hasEmail(keyring: Keyring, email: string): SQL {
  return inArray(users.emailIndex, keyring.indexes(email, COLUMN));
}

/** What stands for an address where it need not be known again, e.g. in a pending sign-in link. */
export function emailFingerprints(keyring: Keyring, email: string): string[] {
  return keyring.indexes(email, 'verification_tokens.identifier');
}

function associatedData(userId: string): string {
  return `users.email.${userId}`;
}
