import 'server-only';
import { eq } from 'drizzle-orm';
import { IntegrityError, logTampering } from '@/lib/crypto/bound-row';
import { users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { hasEmail, readEmail } from './email-columns';

/** A person who can sign in. */
export interface User {
  id: string;
  blocked: boolean;
  /** The language chosen in the account, or null. */
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
 * Returns the user's row. The blind index finds it, and the encrypted address, which opens only in this row, must match.
 * @throws IntegrityError when the index was changed without the portal; the driver's error.
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

/** Reports whether the institution has blocked a user. @throws the driver's error. */
export async function isBlocked({ db }: Pick<Services, 'db'>, userId: string): Promise<boolean> {
  const [row] = await db.select({ blockedAt: users.blockedAt }).from(users).where(eq(users.id, userId));
  return row !== undefined && row.blockedAt !== null;
}
