import 'server-only';
import { eq } from 'drizzle-orm';
import { users } from '../db/schema';
import type { Services } from '../services';

/** A person who can sign in, as the operator names them. */
export interface User {
  id: string;
  blocked: boolean;
  /** What they chose in their account, or null. */
  language: string | null;
}

/** The user with this canonical e-mail address (lib/auth/email.ts), or null. @throws the driver's error. */
export async function findUser({ db }: Pick<Services, 'db'>, email: string): Promise<User | null> {
  const [row] = await db.select().from(users).where(eq(users.email, email));
  return row ? { id: row.id, blocked: row.blockedAt !== null, language: row.language } : null;
}
