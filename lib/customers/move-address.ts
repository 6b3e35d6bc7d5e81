import 'server-only';
import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { appendAudit, placeColumns } from '@/lib/audit/append';
import { customers, details, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import { notify } from '@/lib/notifications/notify';
import type { Services } from '@/lib/services';
import { emailColumns, hasEmail, readEmail } from '@/lib/users/email-columns';
import { appendHistory, readVersion } from './history';
import { indexForSearch } from './search-index';

type Used = Pick<Services, 'db' | 'keyring' | 'log' | 'sendsMail' | 'wake'>;

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

async function move(services: Used, userId: string, email: string): Promise<'same' | 'moved' | 'conflict'> {
  const { db: tx, keyring } = services;
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
    await store(services, userId, email);
    await indexForSearch(tx, keyring, userId);
    await notify(services, userId, 'details-changed', `address ${new Date().toISOString()}`);
  }
  const event = { event: 'user_updated', actor: `user:${userId}`, subject: userId, facts: { address } } as const;
  await appendAudit(tx, keyring, event);
  return address;
}

/**
 * Stores the address. A new version of the accepted details makes the reconciler send them with it (sync.ts). Details that
 * wait for a review keep waiting, in a version behind it.
 */
async function store(services: Used, userId: string, email: string): Promise<void> {
  const { db: tx, keyring } = services;
  await tx
    .update(users)
    .set({ ...emailColumns(keyring, userId, email), emailVerifiedAt: sql`now()` })
    .where(eq(users.id, userId));
  const [found] = await tx
    .select({ row: customers, at: placeColumns.at })
    .from(customers)
    .where(eq(customers.userId, userId))
    .for('update');
  if (!found || found.row.detailsVersion === 0) return;
  const { row, at } = found;
  const accepted = row.acceptedVersion ? await readVersion(services, userId, row.acceptedVersion) : null;
  const waiting = row.review ? await readVersion(services, userId, row.detailsVersion) : null;
  const copies = [accepted && { ...accepted, reviewers: 0 }, waiting].filter((copy) => copy !== null);
  for (const [index, copy] of copies.entries()) {
    const { details, sources } = copy;
    const stored = { kind: 'stored', actor: 'system', at, content: { email, details, sources } } as const;
    await appendHistory(services, { ...copy, version: row.detailsVersion + index + 1 }, stored);
  }
  const version = row.detailsVersion + copies.length;
  await tx.update(details).set({ version }).where(eq(details.userId, userId));
  await tx
    .update(customers)
    .set({
      detailsVersion: version,
      ...(accepted && { acceptedVersion: row.detailsVersion + 1, attempts: 0, nextAttemptAt: sql`now()` }),
    })
    .where(eq(customers.userId, userId));
}
