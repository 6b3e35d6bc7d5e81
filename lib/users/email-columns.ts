import 'server-only';
import { inArray, type SQL } from 'drizzle-orm';
import { type Keyring, SealError } from '@/lib/crypto/keyring';
import { users } from '@/lib/db/schema';

// Addresses are personal data, so they are encrypted. A blind index finds a user by address.

const COLUMN = 'users.email';

/** Returns the columns of `users` for this canonical address. */
export function emailColumns(keyring: Keyring, userId: string, email: string): { email: string; emailIndex: string } {
  return { email: keyring.seal(email, associatedData(userId)), emailIndex: keyring.index(email, COLUMN) };
}

/** Returns the address of a row. @throws SealError when it cannot be opened. */
export function openEmail(keyring: Keyring, row: { id: string; email: string }): string {
  return keyring.open(row.email, associatedData(row.id));
}

/** Returns the address of a row, or null when it cannot be opened. */
export function readEmail(keyring: Keyring, row: { id: string; email: string }): string | null {
  try {
    return openEmail(keyring, row);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** Returns the condition that selects the user with this canonical address, under any key. */
export function hasEmail(keyring: Keyring, email: string): SQL {
  return inArray(users.emailIndex, keyring.indexes(email, COLUMN));
}

/** Returns keyed hashes of an address, for rows that need not reveal it, such as pending sign-in links. */
export function emailFingerprints(keyring: Keyring, email: string): string[] {
  return keyring.indexes(email, 'verification_tokens.identifier');
}

function associatedData(userId: string): string {
  return `users.email.${userId}`;
}
