import 'server-only';
import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import { authorisationStatus, statusColumns } from '@/lib/authorisations/status';
import type { AuthorisationStatus } from '@/lib/authorisations/status-schema';
import { config } from '@/lib/config/config';
import { readCustomer } from '@/lib/customers/row';
import { type CustomerState, customerState } from '@/lib/customers/state';
import { authorisations, customers, sessions, users } from '@/lib/db/schema';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { describeError, log } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { readEmail } from '@/lib/users/email-columns';
import { FRESH_MINUTES } from './authentication';
import { boundSessions } from './bound-rows';
import type { EndsIn } from './ending';
import { type Role, roleOf } from './role';
import { hashSessionToken } from './token-hash';

/**
 * A live session, its owner and the owner's customer, as one statement read them. All ids that select data come from
 * here, never from the browser.
 */
export interface LiveSession {
  id: string;
  userId: string;
  /** Empty when it can no longer be decrypted. */
  email: string;
  role: Role;
  /** The sign-in method (`oidc`, `email`); null when unknown. */
  provider: string | null;
  /** The last authentication is recent enough for an operator's changes (ASVS 5.0 7.5.3). */
  fresh: boolean;
  /** The language chosen in the account (lib/preferences). */
  language: string | null;
  /** Sealed prefill claims of the identity provider; lib/customers/prefill.ts opens them. */
  claimsSealed: string | null;
  expiresAt: Date;
  /** Seconds until the session ends by the database's clock: without activity, and at the latest. */
  endsIn: EndsIn;
  /** The last activity was marked less than a minute ago; less than a quarter of a short idle time. */
  seenRecently: boolean;
  customer: CustomerState;
  /** The review of the newest details, which may be an edit of a customer who buys; null when there is none. */
  review: 'waiting' | 'returned' | null;
  /** What the next view of a page says once (lib/sessions/flash.ts). */
  flash: string | null;
  /** The user's access epoch: 0 before the first one has ended. */
  epoch: number;
  /** The state of this browser's widget token. */
  authorisation: AuthorisationStatus;
}

/**
 * Returns the live session of a cookie's value, by the database's clock, or null when signed out.
 * @throws DatabaseUnavailable when the database fails: respond with 503 and keep the cookie.
 */
export async function findSession(
  services: Pick<Services, 'db' | 'keyring' | 'limits'>,
  sessionToken: string | undefined,
): Promise<LiveSession | null> {
  if (!sessionToken) return null;
  try {
    const row = await readRow(services, hashSessionToken(sessionToken));
    return row ? toLiveSession(services.keyring, row) : null;
  } catch (error) {
    return cannotTell(error);
  }
}

/** Activity need not be marked again so soon. A short idle time would be over before a minute is. */
const recently = sql`make_interval(secs => least(60, ${sql.placeholder('idleMinutes')}::int * 15))`;

type Row = NonNullable<Awaited<ReturnType<typeof readRow>>>;

/** Reads a live session with everything that pages ask about its owner, in one statement. */
async function readRow({ db, limits }: Pick<Services, 'db' | 'limits'>, tokenHash: string) {
  const statement = statements.get(db) ?? prepare(db);
  statements.set(db, statement);
  const [row] = await statement.execute({ tokenHash, idleMinutes: limits.idleMinutes });
  return row;
}

const secondsUntil = (time: SQL) => sql<number>`floor(extract(epoch from ${time} - now()))::int`;

/** The statement's text is built once: every request needs it. */
const statements = new WeakMap<Services['db'], ReturnType<typeof prepare>>();

function prepare(db: Services['db']) {
  const idleSince = sql`now() - make_interval(mins => ${sql.placeholder('idleMinutes')})`;
  return (
    db
      .select({
        session: sessions,
        sealedEmail: users.email,
        fresh: sql<boolean>`${sessions.authenticatedAt} > now() - make_interval(mins => ${FRESH_MINUTES})`,
        language: users.language,
        claimsSealed: users.claimsSealed,
        seenRecently: sql<boolean>`${sessions.lastSeenAt} >= now() - ${recently}`,
        idleIn: secondsUntil(sql`${sessions.lastSeenAt} + make_interval(mins => ${sql.placeholder('idleMinutes')})`),
        overIn: secondsUntil(sql`${sessions.expiresAt}`),
        customer: customers,
        ...statusColumns,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .leftJoin(customers, eq(customers.userId, users.id))
      .leftJoin(authorisations, eq(authorisations.userId, users.id))
      .where(
        and(
          eq(sessions.tokenHash, sql.placeholder('tokenHash')),
          gt(sessions.expiresAt, sql`now()`),
          gt(sessions.lastSeenAt, idleSince),
          isNull(users.blockedAt),
          isNull(users.deletedAt),
        ),
      )
      // Without a name, PostgreSQL keeps nothing: a pooler may give each statement another connection.
      .prepare('')
  );
}

/** Returns null for a row that was changed in the database without the portal, or whose owner's role has changed. */
function toLiveSession(keyring: Services['keyring'], row: Row): LiveSession | null {
  if (!boundSessions.isIntact(keyring, row.session)) return null;
  const { id, userId, role, roleGroup, provider, expiresAt, flash } = row.session;
  const email = readEmail(keyring, { id: userId, email: row.sealedEmail });
  if (email === null) log().error({ event: 'address_cannot_be_opened', userId });
  // A role change ends the session (ASVS 5.0 8.3.2).
  if (roleOf(email, provider, roleGroup, config()) !== role) return null;
  const { language, claimsSealed, fresh, seenRecently, idleIn, overIn } = row;
  return {
    ...{
      id,
      userId,
      email: email ?? '',
      role,
      provider,
      fresh,
      language,
      claimsSealed,
      expiresAt,
      seenRecently,
      flash,
      endsIn: { idle: idleIn, absolute: overIn },
    },
    customer: customerState(readCustomer(keyring, row.customer)),
    review: row.customer?.review ?? null,
    epoch: row.epoch ?? 0,
    authorisation: authorisationStatus(row),
  };
}

/** Rejects with DatabaseUnavailable, whatever failed: an error must never look like "signed out". */
export function cannotTell(error: unknown): never {
  if (error instanceof DatabaseUnavailable) throw error;
  log().error({ event: 'session_check_failed', error: describeError(error) });
  throw new DatabaseUnavailable();
}

/** Requests at the same time mark it once. */
const isUnmarked = sql`${sessions.lastSeenAt} < now() - interval '10 seconds'`;

/** Marks activity, unless it was marked recently. Idle expiry counts from it. */
export async function touchSession(
  { db }: Pick<Services, 'db'>,
  { id, seenRecently }: Pick<LiveSession, 'id' | 'seenRecently'>,
): Promise<void> {
  if (seenRecently) return;
  await db
    .update(sessions)
    .set({ lastSeenAt: sql`now()` })
    .where(and(eq(sessions.id, id), isUnmarked));
}
