import 'server-only';
import { createHash } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Adapter, AdapterAccount, AdapterSession, AdapterUser } from 'next-auth/adapters';
import { endSessions } from '../authorisations/end';
import { accounts, sessions, users, verificationTokens } from '../db/schema';
import { inTransaction } from '../db/transaction';
import type { Services } from '../services';
import { type Browser, UNKNOWN_BROWSER } from './browser';

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
): Adapter {
  const db = async () => (await services()).db;
  return {
    async createUser(user: Omit<AdapterUser, 'id'>) {
      // Only verified addresses get this far: `signIn` in options.ts, or a link that was opened.
      const [row] = await (await db())
        .insert(users)
        .values({ email: user.email, emailVerifiedAt: new Date() })
        .returning();
      return toAdapterUser(row);
    },
    async getUser(id) {
      const [row] = await (await db()).select().from(users).where(eq(users.id, id));
      return row ? toAdapterUser(row) : null;
    },
    async getUserByEmail(email) {
      const [row] = await (await db()).select().from(users).where(eq(users.email, email));
      return row ? toAdapterUser(row) : null;
    },
    async getUserByAccount({ provider, providerAccountId }) {
      const [row] = await (await db())
        .select({ user: users })
        .from(accounts)
        .innerJoin(users, eq(users.id, accounts.userId))
        .where(and(eq(accounts.provider, provider), eq(accounts.providerAccountId, providerAccountId)));
      return row ? toAdapterUser(row.user) : null;
    },
    async updateUser(user) {
      const [row] = await (await db())
        .update(users)
        .set({ emailVerifiedAt: user.emailVerified ?? sql`${users.emailVerifiedAt}` })
        .where(eq(users.id, user.id))
        .returning();
      return toAdapterUser(row);
    },
    async linkAccount({ userId, provider, providerAccountId }: AdapterAccount) {
      await (await db()).insert(accounts).values({ userId, provider, providerAccountId }).onConflictDoNothing();
    },
    async createSession({ sessionToken, userId }) {
      const { db: database, limits } = await services();
      const browser = await currentBrowser();
      return inTransaction(database, async (tx) => {
        // Held until the session is in: blocking and deleting wait for it, and end it.
        const [user] = await tx
          .select({ id: users.id })
          .from(users)
          .where(and(eq(users.id, userId), isNull(users.blockedAt), isNull(users.deletedAt)))
          .for('share');
        if (!user) throw new Error('This user may not sign in');
        const [row] = await tx
          .insert(sessions)
          .values({
            tokenHash: hashSessionToken(sessionToken),
            userId,
            ...browser,
            expiresAt: sql`now() + make_interval(hours => ${limits.maxHours})`,
          })
          .returning();
        return toAdapterSession(sessionToken, row);
      });
    },
    async getSessionAndUser(sessionToken) {
      const [row] = await (await db())
        .select({ session: sessions, user: users })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .where(eq(sessions.tokenHash, hashSessionToken(sessionToken)));
      return row ? { session: toAdapterSession(sessionToken, row.session), user: toAdapterUser(row.user) } : null;
    },
    // next-auth would slide the expiry here. Ours is absolute, and idleness is the guard's business (session.ts).
    async updateSession() {
      return null;
    },
    async deleteSession(sessionToken) {
      await endSessions(await services(), { tokenHash: hashSessionToken(sessionToken) }, 'signed-out');
    },
    async createVerificationToken({ identifier, token, expires }) {
      await (await db()).insert(verificationTokens).values({ identifier, token, expiresAt: expires });
      return { identifier, token, expires };
    },
    async useVerificationToken({ identifier, token }) {
      const [row] = await (await db())
        .delete(verificationTokens)
        .where(and(eq(verificationTokens.identifier, identifier), eq(verificationTokens.token, token)))
        .returning();
      return row ? { identifier, token, expires: row.expiresAt } : null;
    },
  };
}

function toAdapterUser(row: typeof users.$inferSelect | undefined): AdapterUser {
  if (!row) throw new Error('The user is gone');
  return { id: row.id, email: row.email, emailVerified: row.emailVerifiedAt };
}

function toAdapterSession(sessionToken: string, row: typeof sessions.$inferSelect | undefined): AdapterSession {
  if (!row) throw new Error('The session is gone');
  return { sessionToken, userId: row.userId, expires: row.expiresAt };
}
