import 'server-only';
import { desc, eq } from 'drizzle-orm';
import { notifications } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { Kind } from './kinds';

/** A message as support and the person's own data show it. */
export interface MessageRecord {
  kind: Kind;
  subject: string;
  createdAt: Date;
  sentAt: Date | null;
  attempts: number;
  /** Another attempt follows. */
  isDue: boolean;
  /** Why it was given up, or why the last attempt failed. */
  failure: string | null;
}

/** Returns a person's messages, newest first. @throws the driver's error. */
export async function listMessages(
  { db }: Pick<Services, 'db'>,
  userId: string,
  most?: number,
): Promise<MessageRecord[]> {
  const { kind, subject, createdAt, sentAt, attempts, nextAttemptAt, failure } = notifications;
  const found = db
    .select({ kind, subject, createdAt, sentAt, attempts, nextAttemptAt, failure })
    .from(notifications)
    .where(eq(notifications.userId, userId))
    .orderBy(desc(createdAt))
    .$dynamic();
  const rows = await (most ? found.limit(most) : found);
  return rows.map(({ nextAttemptAt: due, ...row }) => ({ ...row, isDue: due !== null }));
}
