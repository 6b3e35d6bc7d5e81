import 'server-only';
import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import type { Database } from '@/lib/db/client';
import { customers, details, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { emailColumns, hasEmail, readEmail } from '@/lib/users/email-columns';
import { indexForSearch } from './search-index';

type Used = Pick<Services, 'db' | 'keyring' | 'log' | 'wake'>;

/**
 * Gives a user the address that the identity provider now vouches for, and has the reconciler send it to KunaCore.
 * An address of another user stays theirs: the institution decides which of the two accounts remains.
 * @param email canonical. @throws the driver's error.
 */
export async function moveAddress(services: Used, userId: string, email: string): Promise<void> {
  const address = await inTransaction(services.db, (tx) => move({ ...services, db: tx }, userId, email));
  if (address === 'moved') services.wake();
  if (address === 'conflict') services.log.error({ event: 'address_conflict', userId });
}

async function move({ db: tx, keyring }: Used, userId: string, email: string): Promise<'same' | 'moved' | 'conflict'> {
  const [user] = await tx
    .select({ id: users.id, email: users.email })
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.deletedAt)))
    .for('update');
  const current = user ? readEmail(keyring, user) : null;
  if (current === null || current === email) return 'same';
  const address =
    (await tx.$count(users, and(hasEmail(keyring, email), ne(users.id, userId)))) > 0 ? 'conflict' : 'moved';
  if (address === 'moved') {
    await store(tx, userId, emailColumns(keyring, userId, email));
    await indexForSearch(tx, keyring, userId);
  }
  const event = { event: 'user_updated', actor: `user:${userId}`, subject: userId, facts: { address } } as const;
  await appendAudit(tx, keyring, event);
  return address;
}

/** Stores the address. A new version of the details makes the reconciler send them with it (sync.ts). */
async function store(tx: Database, userId: string, columns: ReturnType<typeof emailColumns>): Promise<void> {
  await tx
    .update(users)
    .set({ ...columns, emailVerifiedAt: sql`now()` })
    .where(eq(users.id, userId));
  const [saved] = await tx
    .update(details)
    .set({ version: sql`${details.version} + 1` })
    .where(eq(details.userId, userId))
    .returning({ version: details.version });
  if (!saved) return;
  await tx
    .update(customers)
    .set({ detailsVersion: saved.version, attempts: 0, nextAttemptAt: sql`now()` })
    .where(eq(customers.userId, userId));
}
