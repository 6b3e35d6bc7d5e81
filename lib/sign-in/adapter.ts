import 'server-only';
import { randomUUID } from 'node:crypto';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Adapter, AdapterAccount, AdapterSession, AdapterUser } from 'next-auth/adapters';
import { appendAudit } from '@/lib/audit/append';
import { config } from '@/lib/config/config';
import type { Keyring } from '@/lib/crypto/keyring';
import { indexForSearch } from '@/lib/customers/search-index';
import { sessions, users, verificationTokens } from '@/lib/db/schema';
import { afterCommit, inTransaction } from '@/lib/db/transaction';
import { notify } from '@/lib/notifications/notify';
import type { Services } from '@/lib/services';
import { type Authentication, noAuthentication } from '@/lib/sessions/authentication';
import { boundLinks, boundSessions } from '@/lib/sessions/bound-rows';
import { endSessionsIn } from '@/lib/sessions/end';
import { hasEndedAtProvider, providerSessionHash } from '@/lib/sessions/end-at-provider';
import { groupOf, roleOf } from '@/lib/sessions/role';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { record } from '@/lib/telemetry/telemetry';
import { emailColumns, emailFingerprints, readEmail } from '@/lib/users/email-columns';
import { findUserRow } from '@/lib/users/find';
import { findIdentity, linkIdentity } from '@/lib/users/identities';
import { type Browser, UNKNOWN_BROWSER } from './browser';
import { recordDevice } from './known-device';

/**
 * Returns next-auth's adapter for the portal's tables. Differs from the standard adapter where security needs it:
 * stores session tokens as hashes, uses the database clock, and never attaches a sign-in to an existing session.
 */
export function portalAdapter(
  getServices: () => Promise<Services>,
  currentBrowser: () => Promise<Browser> = async () => UNKNOWN_BROWSER,
  authentication: Authentication = noAuthentication(),
): Adapter {
  return {
    async createUser(user: Omit<AdapterUser, 'id'>) {
      // The address is verified: by `signIn` in options.ts, or by an opened link.
      const { db, keyring } = await getServices();
      const id = randomUUID();
      await inTransaction(db, async (tx) => {
        const address = emailColumns(keyring, id, user.email);
        await tx.insert(users).values({ id, ...address, emailVerifiedAt: new Date(), searchable: true });
        await indexForSearch(tx, keyring, id);
        await appendAudit(tx, keyring, { event: 'user_created', actor: `user:${id}`, subject: id });
      });
      return { id, email: user.email, emailVerified: new Date() };
    },
    async getUser(id) {
      const { db, keyring } = await getServices();
      const [row] = await db.select().from(users).where(eq(users.id, id));
      return row ? toAdapterUser(keyring, row) : null;
    },
    async getUserByEmail(email) {
      const services = await getServices();
      const row = await findUserRow(services, email);
      return row ? toAdapterUser(services.keyring, row) : null;
    },
    async getUserByAccount({ provider, providerAccountId }) {
      const services = await getServices();
      const userId = await findIdentity(services, { provider, providerAccountId });
      if (!userId) return null;
      const [row] = await services.db.select().from(users).where(eq(users.id, userId));
      return toAdapterUser(services.keyring, row);
    },
    async updateUser(user) {
      const { db, keyring } = await getServices();
      const [row] = await db
        .update(users)
        .set({ emailVerifiedAt: user.emailVerified ?? sql`${users.emailVerifiedAt}` })
        .where(eq(users.id, user.id))
        .returning();
      return toAdapterUser(keyring, row);
    },
    async linkAccount({ userId, provider, providerAccountId, verifiedAddress }: AdapterAccount) {
      await linkIdentity(await getServices(), userId, { provider, providerAccountId }, verifiedAddress);
    },
    async createSession({ sessionToken, userId }) {
      const { db, keyring, limits, sendsMail, wake } = await getServices();
      const { mark, ...browser } = await currentBrowser();
      return inTransaction(db, async (tx) => {
        // Locked until the session is stored: blocking and deleting wait, and then end it.
        const [user] = await tx
          .select({ id: users.id, email: users.email, now: sql`now()`.mapWith(sessions.createdAt) })
          .from(users)
          .where(and(eq(users.id, userId), isNull(users.blockedAt), isNull(users.deletedAt)))
          .for('share');
        if (!user) throw new Error('This user may not sign in');
        const { provider, authTime, atProvider, groups = [] } = authentication;
        if (atProvider && (await hasEndedAtProvider(tx, keyring, atProvider)))
          throw new Error('The provider has ended this sign-in');
        const roleGroup = groupOf(groups, config());
        const role = roleOf(readEmail(keyring, user), provider, roleGroup, config());
        // A group that the person has left must not live on in their other browsers. (ASVS 5.0 8.3.2)
        if (provider === 'oidc') {
          const ended = await endSessionsIn({ keyring }, tx, { userId, ofOtherGroup: roleGroup }, 'replaced');
          if (ended > 0) afterCommit(tx, wake);
        }
        const now = user.now.getTime();
        const bound = {
          id: randomUUID(),
          tokenHash: hashSessionToken(sessionToken),
          userId,
          role,
          roleGroup,
          provider,
          // A provider whose clock is ahead must not extend the time that counts as fresh.
          authenticatedAt: new Date(Math.min(now, authTime === null ? now : authTime * 1000)),
          expiresAt: new Date(now + limits.maxHours * 3_600_000),
          providerSession: atProvider?.sid ? providerSessionHash(atProvider.sid) : null,
        };
        const [row] = await tx
          .insert(sessions)
          .values({ ...bound, ...browser, mac: boundSessions.mac(keyring, bound) })
          .returning();
        const isNewDevice = mark !== null && (await recordDevice(tx, userId, mark));
        if (isNewDevice) await notify({ db: tx, sendsMail }, userId, 'new-device', bound.id);
        const created = { event: 'session_created', facts: { role } } as const;
        afterCommit(tx, () => record('kuna_portal.sign_ins', 1, { 'kuna_portal.outcome': 'signed-in' }));
        await appendAudit(tx, keyring, { ...created, actor: `user:${userId}`, subject: userId });
        return toAdapterSession(sessionToken, row);
      });
    },
    // next-auth joins all cookies whose names begin like the session's, and attaches a new identity to that user.
    // Pages call `findSession` (lib/sessions/find.ts) instead. A sign-in always starts signed out. (ASVS 5.0 7.2.4)
    async getSessionAndUser() {
      return null;
    },
    // next-auth would extend the expiry here. It is absolute; `findSession` checks idleness.
    async updateSession() {
      return null;
    },
    // Sessions end only through endSessions (lib/sessions/end.ts).
    async deleteSession() {},
    async createVerificationToken({ identifier, token, expires }) {
      const { db, keyring } = await getServices();
      const [fingerprint = ''] = emailFingerprints(keyring, identifier);
      const bound = { identifier: fingerprint, token, expiresAt: expires };
      await db.insert(verificationTokens).values({ ...bound, mac: boundLinks.mac(keyring, bound) });
      return { identifier, token, expires };
    },
    async useVerificationToken({ identifier, token }) {
      const { db, keyring } = await getServices();
      const forThem = inArray(verificationTokens.identifier, emailFingerprints(keyring, identifier));
      const [row] = await db
        .delete(verificationTokens)
        .where(and(forThem, eq(verificationTokens.token, token)))
        .returning();
      return row && boundLinks.isIntact(keyring, row) ? { identifier, token, expires: row.expiresAt } : null;
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
