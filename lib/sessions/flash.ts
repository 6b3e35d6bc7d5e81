import 'server-only';
import { and, eq } from 'drizzle-orm';
import { sessions } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { LiveSession } from './find';

// What the next view of a page shows once: kept on the server, so that no address and no cookie can say that something
// happened.

/**
 * Keeps a message for the next view.
 * @param about the page that shows it, without spaces: a path, or the id of a customer in the support console.
 * @throws the driver's error.
 */
export async function setFlash(
  { db }: Pick<Services, 'db'>,
  { id }: Pick<LiveSession, 'id'>,
  about: string,
  message: string,
): Promise<void> {
  await db
    .update(sessions)
    .set({ flash: `${about} ${message}` })
    .where(eq(sessions.id, id));
}

/** Returns the message for this view and forgets it, or null. Two views at once show it once. */
export async function takeFlash(
  { db }: Pick<Services, 'db'>,
  { id, flash }: Pick<LiveSession, 'id' | 'flash'>,
  about: string,
): Promise<string | null> {
  const [keptFor, message = null] = flash?.split(' ') ?? [];
  if (flash === null || keptFor !== about) return null;
  const taken = await db
    .update(sessions)
    .set({ flash: null })
    .where(and(eq(sessions.id, id), eq(sessions.flash, flash)))
    .returning({ id: sessions.id });
  return taken.length > 0 ? message : null;
}
