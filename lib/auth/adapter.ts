import 'server-only';
import { createHash, randomUUID } from 'node:crypto';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Adapter, AdapterAccount, AdapterSession, AdapterUser } from 'next-auth/adapters';
import { record } from '../audit/trail';
import { endSessions } from '../authorisations/end';
import { config } from '../config';
import type { Keyring } from '../crypto/keyring';
import { accounts, sessions, users, verificationTokens } from '../db/schema';
import { inTransaction } from '../db/transaction';
import type { Services } from '../services';
import { emailColumns, emailFingerprints, hasEmail, readEmail } from '../users/email';
import { type Authentication, noAuthentication } from './authentication';
import { type Browser, UNKNOWN_BROWSER } from './browser';
import { roleOf } from './role';

/** What the database keeps of a session cookie: enough to recognise it, useless to whoever reads the table. */
export function hashSessionToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * next-auth's adapter over our tables. Differs from the stock one where the promise of this portal is at stake:
 * session tokens are stored as hashes, expiry is the database's, and `deleteSession` ends the authorisation too.
 */
export function portalAdapter(
  services: () => Promise<Services>,
  currentBrowser: () => Promise<Browser> = async () => UNKNOWN_BROWSER,
  authentication: Authentication = noAuthentication(),
): Adapter {
  const db = async () => (await services()).db;
  return {
    async createUser(user: Omit<AdapterUser, 'id'>) {
      // Only verified addresses get this far: `signIn` in options.ts, or a link that was opened.
      const { db: database, keyring } = await services();
      const id = randomUUID();
      await inTransaction(database, async (tx) => {
        await tx.insert(users).values({ id, ...emailColumns(keyring, id, user.email), emailVerifiedAt: new Date() });
        await record(tx, keyring, { event: 'user_created', actor: `user:${id}`, subject: id });
      });
      return { id, email: user.email, emailVerified: new Date() };
    },
    async getUser(id) {
      const { db: database, keyring } = await services();
      const [row] = await database.select().from(users).where(eq(users.id, id));
      return row ? toAdapterUser(keyring, row) : null;
    },
    async getUserByEmail(email) {
      const { db: database, keyring } = await services();
      const [row] = await database.select().from(users).where(hasEmail(keyring, email));
      return row ? toAdapterUser(keyring, row) : null;
    },
    async getUserByAccount({ provider, providerAccountId }) {
      const { db: database, keyring } = await services();
      const [row] = await database
        .select({ user: users })
        .from(accounts)
        .innerJoin(users, eq(users.id, accounts.userId))
        .where(and(eq(accounts.provider, provider), eq(accounts.providerAccountId, providerAccountId)));
      return row ? toAdapterUser(keyring, row.user) : null;
    },
    async updateUser(user) {
      const { db: database, keyring } = await services();
      const [row] = await database
        .update(users)
        .set({ emailVerifiedAt: user.emailVerified ?? sql`${users.emailVerifiedAt}` })
        .where(eq(users.id, user.id))
        .returning();
      return toAdapterUser(keyring, row);
    },
    async linkAccount({ userId, provider, providerAccountId }: AdapterAccount) {
      await (await db()).insert(accounts).values({ userId, provider, providerAccountId }).onConflictDoNothing();
    },
    async createSession({ sessionToken, userId }) {
      const { db: database, keyring, limits } = await services();
      const browser = await currentBrowser();
      return inTransaction(database, async (tx) => {
        // Held until the session is in: blocking and deleting wait for it, and end it.
        const [user] = await tx
          .select({ id: users.id, email: users.email })
          .from(users)
          .where(and(eq(users.id, userId), isNull(users.blockedAt), isNull(users.deletedAt)))
          .for('share');
        if (!user) throw new Error('This user may not sign in');
        const { provider, authTime } = authentication;
        const role = roleOf(readEmail(keyring, user), provider, config());
        const [row] = await tx
          .insert(sessions)
          .values({
            tokenHash: hashSessionToken(sessionToken),
            userId,
            ...browser,
            role,
            provider,
            // A provider whose clock is ahead makes nobody fresh for longer.
            authenticatedAt: sql`least(now(), to_timestamp(coalesce(${authTime}::float8, extract(epoch from now()))))`,
            expiresAt: sql`now() + make_interval(hours => ${limits.maxHours})`,
          })
          .returning();
        const created = { event: 'session_created', facts: { role } } as const;
        await record(tx, keyring, { ...created, actor: `user:${userId}`, subject: userId });
        return toAdapterSession(sessionToken, row);
      });
    },
    async getSessionAndUser(sessionToken) {
      const { db: database, keyring } = await services();
      const [row] = await database
        .select({ session: sessions, user: users })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .where(eq(sessions.tokenHash, hashSessionToken(sessionToken)));
      return row
        ? { session: toAdapterSession(sessionToken, row.session), user: toAdapterUser(keyring, row.user) }
        : null;
    },
    // next-auth would slide the expiry here. Ours is absolute, and idleness is the guard's business (session.ts).
    async updateSession() {
      return null;
    },
    async deleteSession(sessionToken) {
      await endSessions(await services(), { tokenHash: hashSessionToken(sessionToken) }, 'signed-out');
    },
    async createVerificationToken({ identifier, token, expires }) {
      const { db: database, keyring } = await services();
      const [fingerprint = ''] = emailFingerprints(keyring, identifier);
      await database.insert(verificationTokens).values({ identifier: fingerprint, token, expiresAt: expires });
      return { identifier, token, expires };
    },
    async useVerificationToken({ identifier, token }) {
      const { db: database, keyring } = await services();
      const forThem = inArray(verificationTokens.identifier, emailFingerprints(keyring, identifier));
      const [row] = await database
        .delete(verificationTokens)
        .where(and(forThem, eq(verificationTokens.token, token)))
        .returning();
      return row ? { identifier, token, expires: row.expiresAt } : null;
    },
  };
}

function toAdapterUser(keyring: Keyring, row: typeof users.$inferSelect | undefined): AdapterUser {
  if (!row) throw new Error('The user is gone');
  return { id: row.id, email: readEmail(keyring, row) ?? '', emailVerified: row.emailVerifiedAt };
}

function toAdapterSession(sessionToken: string, row: typeof sessions.$inferSelect | undefined): AdapterSession {
  if (!row) throw new Error('The session is gone');
  return { sessionToken, userId: row.userId, expires: row.expiresAt };
}
