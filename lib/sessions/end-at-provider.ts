import 'server-only';
import { createHash } from 'node:crypto';
import { and, eq, gte, inArray, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Keyring } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { providerEnds, sessions } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { findIdentity } from '@/lib/users/identities';
import type { ProviderSignIn } from './authentication';
import { endSessionsIn } from './end';

// The identity provider ends its own session and says so (OpenID Connect Back-Channel Logout 1.0). Every sign-in of that
// session ends here, and the customer's access with it.

/** next-auth's id of the identity provider. */
const PROVIDER = 'oidc';

/** An end that the provider told, as its verified logout token names it. */
export interface ProviderEnd {
  /** The token's id (`jti`): it counts once. */
  id: string;
  /** Seconds since 1970 by the provider's clock. */
  issuedAt: number;
  /** The provider's id of its session (`sid`), or null: every session of the person. */
  sid: string | null;
  /** The person (`sub`), or null: whoever has the session. */
  subject: string | null;
}

/** `replayed`: the token was used before, or is so old that the portal would not know. `mismatch`: the session belongs to another person. Both end nothing. */
export type ProviderEnded = { outcome: 'ended'; sessions: number } | { outcome: 'replayed' | 'mismatch' };

/** Longer than a logout token is valid, and than the way of a code from the provider to the portal. */
const KEPT_MINUTES = 20;

/**
 * Ends the sessions that a logout token names. One transaction stores that the token was used, deletes the sessions and
 * starts their owners' next access epoch.
 * @throws IntegrityError when the identity's row was changed without the portal; the driver's error. Nothing ended then.
 */
export async function endAtProvider(services: Services, end: ProviderEnd): Promise<ProviderEnded> {
  const ended = await inTransaction(services.db, (tx) => endIn(services, tx, end));
  if (ended.outcome === 'ended' && ended.sessions > 0) services.wake();
  return ended;
}

async function endIn({ keyring }: Services, tx: Database, end: ProviderEnd): Promise<ProviderEnded> {
  const { sid, subject } = end;
  await lockSignIns(tx, keyring, { sid, subject });
  const session = sid === null ? null : providerSessionHash(sid);
  const identity = { provider: PROVIDER, providerAccountId: subject ?? '' };
  const userId = subject === null ? null : await findIdentity({ db: tx, keyring }, identity);
  if (session && subject && (await belongsToAnother(tx, session, userId))) return { outcome: 'mismatch' };
  if (!(await remember(tx, keyring, end))) return { outcome: 'replayed' };
  // A person who never signed in here has no session.
  if (subject !== null && userId === null) return { outcome: 'ended', sessions: 0 };
  const which = { atProvider: { userId, session } };
  return { outcome: 'ended', sessions: await endSessionsIn({ keyring }, tx, which, 'ended-at-provider') };
}

/**
 * @returns whether the token is used for the first time, at any instance. By the database's clock, as the sweep that
 * forgets tokens.
 */
async function remember(tx: Database, keyring: Keyring, { id, issuedAt, sid, subject }: ProviderEnd): Promise<boolean> {
  const stored = await tx
    .insert(providerEnds)
    .values({
      tokenHash: hashOf('jti', id),
      providerSession: sid === null ? null : providerSessionHash(sid),
      subjectIndex: subject === null ? null : keyring.index(subject, SUBJECT),
      issuedAt: new Date(issuedAt * 1000),
    })
    .onConflictDoNothing()
    .returning({
      isRemembered: sql<boolean>`${providerEnds.issuedAt} > now() - make_interval(mins => ${KEPT_MINUTES})`,
    });
  return stored[0]?.isRemembered ?? false;
}

async function belongsToAnother(tx: Database, session: string, userId: string | null): Promise<boolean> {
  const isTheirs = userId === null ? undefined : ne(sessions.userId, userId);
  return (await tx.$count(sessions, and(eq(sessions.providerSession, session), isTheirs))) > 0;
}

/**
 * Reports whether the provider has ended a sign-in before its session is stored: the ID token is not newer than an end
 * of the same session or person. Call it in the transaction that stores the session.
 */
export async function hasEndedAtProvider(tx: Database, keyring: Keyring, signIn: ProviderSignIn): Promise<boolean> {
  await lockSignIns(tx, keyring, signIn);
  const ofSession = signIn.sid === null ? undefined : eq(providerEnds.providerSession, providerSessionHash(signIn.sid));
  const ofPerson = and(
    inArray(providerEnds.subjectIndex, keyring.indexes(signIn.subject, SUBJECT)),
    // A sign-in that does not know its session at the provider may be of the named one.
    signIn.sid === null ? undefined : isNull(providerEnds.providerSession),
  );
  const notNewer = gte(providerEnds.issuedAt, new Date(signIn.issuedAt * 1000));
  return (await tx.$count(providerEnds, and(or(ofSession, ofPerson), notNewer))) > 0;
}

/** Makes an end and a sign-in of the same session or person wait for each other, until the commit. */
async function lockSignIns(
  tx: Database,
  keyring: Keyring,
  { sid, subject }: Pick<ProviderEnd, 'sid' | 'subject'>,
): Promise<void> {
  // Always in this order, so that two of them cannot wait for each other.
  const names = [
    ...(subject === null ? [] : [keyring.index(subject, SUBJECT)]),
    ...(sid === null ? [] : [providerSessionHash(sid)]),
  ];
  for (const name of names) await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}

/** Limits the rows that one sweep deletes. */
const SWEEP = 1_000;

/** Deletes ends that no token and no sign-in can meet any more. @returns whether there may be more. @throws the driver's error. */
export async function sweepProviderEnds({ db }: Pick<Services, 'db'>): Promise<boolean> {
  const over: SQL = sql`${db
    .select({ tokenHash: providerEnds.tokenHash })
    .from(providerEnds)
    .where(lt(providerEnds.createdAt, sql`now() - make_interval(mins => ${KEPT_MINUTES})`))
    .limit(SWEEP)
    .for('update', { skipLocked: true })}`;
  const deleted = await db
    .delete(providerEnds)
    .where(sql`${providerEnds.tokenHash} = any(array(${over}))`)
    .returning({ tokenHash: providerEnds.tokenHash });
  return deleted.length === SWEEP;
}

/** Returns what is stored of a session's id at the provider. */
export function providerSessionHash(sid: string): string {
  return hashOf('sid', sid);
}

/** Names the blind index of subjects in `provider_ends`. */
const SUBJECT = 'provider_ends.subject';

function hashOf(what: 'jti' | 'sid', value: string): string {
  return createHash('sha256').update(`${what} ${value}`).digest('hex');
}
