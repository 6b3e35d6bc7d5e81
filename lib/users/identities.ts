import 'server-only';
import { and, asc, eq, inArray, type SQL } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import { IntegrityError, logTampering } from '@/lib/crypto/bound-row';
import { type Keyring, SealError } from '@/lib/crypto/keyring';
import { accounts, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { readEmail } from './email-columns';

// Which person of an identity provider is which user. The provider's name for a person may be a national number, so it
// is encrypted like an address: bound to its user, with a blind index beside it.

/** A subject of an identity provider, as next-auth names it. */
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

/** Returns the subject of a row. @throws SealError when the row is not as it was written, or its key is not here. */
export function openSubject(keyring: Keyring, row: Pick<Row, 'provider' | 'userId' | 'subjectSealed'>): string {
  return keyring.open(row.subjectSealed ?? '', associatedData(row.provider, row.userId));
}

/**
 * Returns the id of the user whom a subject signs in, or null for an unknown one.
 * @throws IntegrityError when the row was changed past the portal; the driver's error.
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
 * Reports whether the user of an address is known to the provider as somebody else: its subject names the person, an
 * address may have been given to another (OpenID Connect Core 5.7; ASVS 5.0 10.5.2).
 * @throws IntegrityError; the driver's error.
 */
export async function hasOtherSubject(services: UsedServices, userId: string, subject: Subject): Promise<boolean> {
  // A known subject is its user, whatever address it has now.
  if (await findIdentity(services, subject)) return false;
  const ofThisProvider = and(eq(accounts.provider, subject.provider), eq(accounts.userId, userId));
  const [other] = await services.db.select().from(accounts).where(ofThisProvider);
  return other !== undefined;
}

/**
 * Links a subject to a user, and records that. Linking the same again changes nothing.
 * @param address that the provider vouches for in this sign-in: it has to be the user's own.
 * @throws Error when it is not, or when subject or user are linked otherwise; the driver's error. Nothing is linked then.
 */
export async function linkIdentity(
  services: UsedServices,
  userId: string,
  subject: Subject,
  address: unknown,
): Promise<void> {
  const { db, keyring } = services;
  await inTransaction(db, async (tx) => {
    // Held until the link is in: two links of one user queue here.
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
    // The database refuses a second subject of the same provider (accounts_user_provider).
    await tx.insert(accounts).values(identityColumns(keyring, userId, subject));
    const facts = { identity: subject.provider };
    await appendAudit(tx, keyring, { event: 'user_updated', actor: `user:${userId}`, subject: userId, facts });
  });
}

/** Returns the identities that sign a user in, the oldest first. @throws the driver's error. */
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

/** Equal subjects of two providers are two people: each provider has an index of its own. */
function column(provider: string): string {
  return `accounts.provider_account_id.${provider}`;
}

function associatedData(provider: string, userId: string): string {
  return `accounts.subject.${provider}.${userId}`;
}
