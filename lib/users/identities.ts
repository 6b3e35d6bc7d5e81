import 'server-only';
import { and, asc, eq, inArray, type SQL } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import { IntegrityError, logTampering } from '@/lib/crypto/bound-row';
import { type Keyring, SealError } from '@/lib/crypto/keyring';
import { accounts, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { readEmail } from './email-columns';

// Links people at an identity provider to users. A subject may be a national identification number, so it is encrypted
// and bound to its user. A blind index finds it.

/** A subject of an identity provider, with next-auth's field names. */
export interface Subject {
  provider: string;
  providerAccountId: string;
}

/** An identity that signs a user in. */
export interface Identity {
  provider: string;
  /** Null when no key opens it. */
  subject: string | null;
  linkedAt: Date;
}

type UsedServices = Pick<Services, 'db' | 'keyring'>;
type Row = typeof accounts.$inferSelect;

/** Returns the columns of `accounts` for a subject of this user. */
export function identityColumns(keyring: Keyring, userId: string, { provider, providerAccountId }: Subject) {
  return {
    userId,
    provider,
    providerAccountId: keyring.index(providerAccountId, column(provider)),
    subjectSealed: keyring.seal(providerAccountId, associatedData(provider, userId)),
  };
}

/** Returns the subject of a row. @throws SealError when the row was changed or its key is missing. */
export function openSubject(keyring: Keyring, row: Pick<Row, 'provider' | 'userId' | 'subjectSealed'>): string {
  return keyring.open(row.subjectSealed ?? '', associatedData(row.provider, row.userId));
}

/**
 * Returns the id of the user of a subject, or null when unknown.
 * @throws IntegrityError when the row was changed without the portal; the driver's error.
 */
export async function findIdentity(services: UsedServices, subject: Subject): Promise<string | null> {
  const rows = await services.db.select().from(accounts).where(hasSubject(services.keyring, subject));
  for (const row of rows) {
    if (readSubject(services.keyring, row) === subject.providerAccountId) continue;
    logTampering('accounts');
    throw new IntegrityError('accounts');
  }
  return rows[0]?.userId ?? null;
}

/**
 * Reports whether the user is linked to another subject of the provider. The subject identifies a person; a provider may
 * reassign an address (OpenID Connect Core 5.7; ASVS 5.0 10.5.2).
 * @throws IntegrityError; the driver's error.
 */
export async function hasOtherSubject(services: UsedServices, userId: string, subject: Subject): Promise<boolean> {
  // A known subject identifies its user, even with a new address.
  if (await findIdentity(services, subject)) return false;
  const ofThisProvider = and(eq(accounts.provider, subject.provider), eq(accounts.userId, userId));
  const [other] = await services.db.select().from(accounts).where(ofThisProvider);
  return other !== undefined;
}

/**
 * Links a subject to a user and records it in the audit log. Idempotent.
 * @param address verified by the provider in this sign-in. It must be the user's.
 * @throws Error when the address differs, or when subject or user have another link; the driver's error.
 */
export async function linkIdentity(
  services: UsedServices,
  userId: string,
  subject: Subject,
  address: unknown,
): Promise<void> {
  const { db, keyring } = services;
  await inTransaction(db, async (tx) => {
    // Locks the user until the commit, so that two links of one user queue up.
    const [user] = await tx
      .select({ id: users.id, email: users.email })
      .from(users)
      .where(eq(users.id, userId))
      .for('update');
    const email = user && readEmail(keyring, user);
    if (!email || email !== address) throw new Error("The identity's address is not the user's");
    const known = await findIdentity({ db: tx, keyring }, subject);
    if (known === userId) return;
    if (known) throw new Error('The identity belongs to another user');
    // The database rejects a second subject of the same provider (accounts_user_provider).
    await tx.insert(accounts).values(identityColumns(keyring, userId, subject));
    const facts = { identity: subject.provider };
    await appendAudit(tx, keyring, { event: 'user_updated', actor: `user:${userId}`, subject: userId, facts });
  });
}

/** Returns the identities of a user, the oldest first. @throws the driver's error. */
export async function listIdentities({ db, keyring }: UsedServices, userId: string): Promise<Identity[]> {
  const rows = await db.select().from(accounts).where(eq(accounts.userId, userId)).orderBy(asc(accounts.createdAt));
  return rows.map((row) => ({
    provider: row.provider,
    subject: readSubject(keyring, row),
    linkedAt: row.createdAt,
  }));
}

function readSubject(keyring: Keyring, row: Row): string | null {
  try {
    return openSubject(keyring, row);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

function hasSubject(keyring: Keyring, { provider, providerAccountId }: Subject): SQL | undefined {
  const indexes = keyring.indexes(providerAccountId, column(provider));
  return and(eq(accounts.provider, provider), inArray(accounts.providerAccountId, indexes));
}

/** Returns the index of a provider. Each has its own, because equal subjects of two providers are different people. */
function column(provider: string): string {
  return `accounts.provider_account_id.${provider}`;
}

function associatedData(provider: string, userId: string): string {
  return `accounts.subject.${provider}.${userId}`;
}
