import 'server-only';
import { eq } from 'drizzle-orm';
import type { Language } from '@/lib/choices';
import { users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

/** Stores the language of an account, for other devices and for mails. @throws the driver's error. */
export async function saveLanguage({ db }: Pick<Services, 'db'>, userId: string, language: Language): Promise<void> {
  await db.update(users).set({ language }).where(eq(users.id, userId));
}
