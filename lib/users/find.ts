import 'server-only';
import { IntegrityError, logTampering } from '@/lib/crypto/bound-row';
import { users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { hasEmail, readEmail } from './email-columns';

/** A person who can sign in, as the operator names them. */
export interface User {
  id: string;
  blocked: boolean;
  /** What they chose in their account, or null. */
  language: string | null;
}

type UsedServices = Pick<Services, 'db' | 'keyring'>;

/**
 * Returns the user with this canonical e-mail address (lib/email-address.ts), or null.
 * @throws IntegrityError; the driver's error.
 */
export async function findUser(services: UsedServices, email: string): Promise<User | null> {
  const row = await findUserRow(services, email);
  return row ? { id: row.id, blocked: row.blockedAt !== null, language: row.language } : null;
}

/**
 * Returns the same as it is stored. The index finds the row; the encrypted address, which opens for this row alone, has
 * to say the same.
 * @throws IntegrityError when it does not: the index was changed past the portal; the driver's error.
 */
export async function findUserRow(
  { db, keyring }: UsedServices,
  email: string,
): Promise<typeof users.$inferSelect | null> {
  const [row] = await db.select().from(users).where(hasEmail(keyring, email));
  if (!row) return null;
  if (readEmail(keyring, row) === email) return row;
  logTampering('users');
  throw new IntegrityError('users');
}
