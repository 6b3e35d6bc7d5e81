import 'server-only';
import { eq } from 'drizzle-orm';
import { users } from '../db/schema';
import type { Services } from '../services';
import type { Language } from './choices';

/** Keeps a language for the account, so that other devices and mails use it too. @throws the driver's error. */
export async function saveLanguage({ db }: Pick<Services, 'db'>, userId: string, language: Language): Promise<void> {
  await db.update(users).set({ language }).where(eq(users.id, userId));
}
