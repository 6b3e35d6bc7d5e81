import 'server-only';
import { and, eq } from 'drizzle-orm';
import { sessions } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';

// What the next view of a customer's page shows once: kept on the server, so that no address and no cookie can say that
// something happened.

/** Keeps a message for the operator's next view of this customer. @throws the driver's error. */
export async function setFlash(
  { db }: Pick<Services, 'db'>,
  { id }: Pick<LiveSession, 'id'>,
  userId: string,
  message: string,
): Promise<void> {
  await db
    .update(sessions)
    .set({ flash: `${userId} ${message}` })
    .where(eq(sessions.id, id));
}

/** Returns the message about this customer and forgets it, or null. Two views at once show it once. */
export async function takeFlash(
  { db }: Pick<Services, 'db'>,
  { id, flash }: Pick<LiveSession, 'id' | 'flash'>,
  userId: string,
): Promise<string | null> {
  const [about, message = null] = flash?.split(' ') ?? [];
  if (flash === null || about !== userId) return null;
  const taken = await db
    .update(sessions)
    .set({ flash: null })
    .where(and(eq(sessions.id, id), eq(sessions.flash, flash)))
    .returning({ id: sessions.id });
  return taken.length > 0 ? message : null;
}
