import 'server-only';
import { users } from '../db/schema';
import type { Services } from '../services';
import { hasEmail } from './email';

/** A person who can sign in, as the operator names them. */
export interface User {
  id: string;
  blocked: boolean;
  /** What they chose in their account, or null. */
  language: string | null;
}

/** The user with this canonical e-mail address (lib/auth/email.ts), or null. @throws the driver's error. */
export async function findUser({ db, keyring }: Pick<Services, 'db' | 'keyring'>, email: string): Promise<User | null> {
  const [row] = await db.select().from(users).where(hasEmail(keyring, email));
  return row ? { id: row.id, blocked: row.blockedAt !== null, language: row.language } : null;
}
