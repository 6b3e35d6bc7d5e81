import 'server-only';
import { and, eq, sql } from 'drizzle-orm';
import type { Language } from '@/lib/choices';
import { users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

/** Stores the language of an account, for other devices and for mails. @throws the driver's error. */
export async function saveLanguage({ db }: Pick<Services, 'db'>, userId: string, language: Language): Promise<void> {
  await db.update(users).set({ language }).where(eq(users.id, userId));
}

/** Stores the language that a person signs in with: mails use it while none is chosen. @throws the driver's error. */
export async function saveSignInLanguage(
  { db }: Pick<Services, 'db'>,
  userId: string,
  signInLanguage: Language,
): Promise<void> {
  const isOther = sql`${users.signInLanguage} is distinct from ${signInLanguage}`;
  await db
    .update(users)
    .set({ signInLanguage })
    .where(and(eq(users.id, userId), isOther));
}
