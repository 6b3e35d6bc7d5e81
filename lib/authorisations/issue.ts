import 'server-only';
import { and, eq, exists, gt, inArray, ne, type SQL, sql } from 'drizzle-orm';
import { appendAuditWith, type Place, placeColumns } from '@/lib/audit/append';
import { IntegrityError } from '@/lib/crypto/bound-row';
import { type Lease, LeaseBusy, withLease } from '@/lib/customers/lease';
import { readCustomer } from '@/lib/customers/row';
import { type CustomerState, customerState } from '@/lib/customers/state';
import { syncCustomer } from '@/lib/customers/sync';
import { authorisations, customers, sessions } from '@/lib/db/schema';
import { KunaCoreError, RejectedError } from '@/lib/kunacore/errors';
import type { Secret } from '@/lib/kunacore/secret';
import { describeError } from '@/lib/log/log';
import { watchPurchases } from '@/lib/notifications/watch';
import type { Services } from '@/lib/services';
import { singleton } from '@/lib/singleton';
import { record, traced } from '@/lib/telemetry/telemetry';
import { revokeAccess } from './epoch';
import { revokePending } from './revoke';

/** The live session that a token is issued for. */
export interface TokenSession {
  id: string;
  userId: string;
  /** As the session was read. Read again before the call to KunaCore. */
  customer: CustomerState;
}

interface IssuedToken {
  token: Secret;
  epoch: number;
  expiresAt: Date | null;
}

/** A token for this browser, or why there is none. */
export type Issued =
  | ({ outcome: 'issued' } & IssuedToken)
  /** The customer cannot buy yet; the account page says what is next. */
  | { outcome: 'not-ready'; customer: CustomerState }
  /** KunaCore is unavailable; trying again makes sense after so many seconds. */
  | { outcome: 'unavailable'; retryInSeconds: number }
  /** KunaCore said no to this customer. */
  | { outcome: 'refused' }
  /** The session ended during the call. */
  | { outcome: 'signed-out' };

const SOONEST_RETRY_SECONDS = 5;
const WAIT_MS = 8_000;
/** An epoch that ends during the call costs another round; more rounds than this are not bad luck. */
const ROUNDS = 3;

/**
 * Issues a widget token for the browser that will show the widget. Keeps two promises (docs/decisions): a pending
 * revocation never hits this token, because it is carried out before; a token never reaches a session that has ended,
 * because session and epoch are checked before and after the call.
 * @param userAgent of that browser: KunaCore binds the token to it (POST /v2/ramp/token).
 * @throws the driver's error.
 */
export function issueToken(services: Services, session: TokenSession, userAgent: string): Promise<Issued> {
  const startedAt = services.clock.elapsed();
  return traced({ name: 'kuna_portal.issue_token' }, async (span) => {
    const issued = await issueUnderLease(services, session, userAgent);
    const outcome = { 'kuna_portal.outcome': issued.outcome };
    span.set(outcome);
    record('kuna_portal.token.issue.duration', (services.clock.elapsed() - startedAt) / 1000, outcome);
    return issued;
  });
}

async function issueUnderLease(services: Services, session: TokenSession, userAgent: string): Promise<Issued> {
  const { userId, customer } = session;
  if (customer.state !== 'ready') return { outcome: 'not-ready', customer };
  try {
    return await withLease(services, userId, WAIT_MS, async (lease) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const issued = await issueOnce(services, session, userAgent, lease);
        if (issued) return issued;
      }
      return unavailable();
    });
  } catch (error) {
    return toIssueResult(services, userId, error);
  }
}

/** Issues a token under the lease. @returns null when another round may help. */
async function issueOnce(
  services: Services,
  session: TokenSession,
  userAgent: string,
  lease: Lease,
): Promise<Issued | null> {
  const { userId } = session;
  // Before the call, too: a token whose response is lost is revoked only by an epoch that ends after this.
  let before = await look(services, session, lease);
  if (before?.isPending) {
    await revokePending(services, userId, lease);
    before = await look(services, session, lease);
  }
  if (!before) return { outcome: 'signed-out' };
  const { customer, epoch } = before;
  if (customer.state !== 'ready') return { outcome: 'not-ready', customer };
  if (!before.isCurrent || before.isPending || epoch === null) return null;
  const { customerId } = customer;
  // Before the token is out: whatever happens next, its purchases are noticed.
  await watchPurchases(services, userId);
  const { token, expiresAt, names } = await services.kunacore.issueToken({ customerId, userAgent });
  if (await belongsToAnother(services, { userId, customerId }, names)) {
    services.log.error({ event: 'token_of_another_customer', userId });
    return unavailable();
  }
  const issued = { token, epoch, expiresAt };
  if (await keep(services, session, lease, issued, before)) return { outcome: 'issued', ...issued };
  // Discarded, so revoke it too.
  await revokeAccess(services, userId, 'not-handed-over');
  return null;
}

/**
 * Checks whether a token may be handed over, records it and gives the lease back, in one statement.
 * @param place reserved before the call, and when.
 */
function keep(
  services: Services,
  session: TokenSession,
  lease: Lease,
  issued: IssuedToken,
  { place, lookedAt }: { place: Place; lookedAt: number },
): Promise<boolean> {
  const { userId } = session;
  const facts = { epoch: issued.epoch };
  const created = { event: 'authn_token_created', actor: `user:${userId}`, subject: userId, facts } as const;
  const at = new Date(place.at.getTime() + services.clock.elapsed() - lookedAt);
  return lease.giveBackIf(mayHandOver(services, session, issued), (update) =>
    appendAuditWith(services, update, created, { ...place, at }),
  );
}

/**
 * Reads in one statement, by the database's clock, what a token depends on.
 * @returns null when the session is gone. `isCurrent` when it is live and the lease still ours; `isPending` when an epoch
 * has ended that KunaCore does not know of.
 */
async function look({ db, keyring, clock }: Services, session: TokenSession, lease: Lease) {
  await lease.renew();
  const lookedAt = clock.elapsed();
  const isCurrent = and(
    gt(sessions.expiresAt, sql`now()`),
    eq(customers.leaseOwner, lease.owner),
    gt(customers.leaseUntil, sql`now()`),
  );
  const [found] = await db
    .select({
      isCurrent: sql<boolean | null>`${isCurrent}`,
      isPending: sql<boolean | null>`${gt(authorisations.epoch, authorisations.revokedEpoch)}`,
      epoch: authorisations.epoch,
      customer: customers,
      place: placeColumns,
    })
    .from(sessions)
    .leftJoin(customers, eq(customers.userId, session.userId))
    .leftJoin(authorisations, eq(authorisations.userId, customers.userId))
    .where(eq(sessions.id, session.id));
  if (!found) return null;
  return { ...found, lookedAt, customer: customerState(readCustomer(keyring, found.customer)) };
}

/** Matches, by the database's clock, when the session is live, the epoch has not ended and the token has not expired. */
function mayHandOver(
  { db }: Pick<Services, 'db'>,
  session: TokenSession,
  { epoch, expiresAt }: IssuedToken,
): SQL | undefined {
  const isLive = and(eq(sessions.id, session.id), gt(sessions.expiresAt, sql`now()`));
  const isCurrent = and(eq(authorisations.userId, session.userId), eq(authorisations.epoch, epoch));
  const live = db.select({ id: sessions.id }).from(sessions).where(isLive);
  const current = db.select({ epoch: authorisations.epoch }).from(authorisations).where(isCurrent);
  return and(
    exists(live),
    exists(current),
    expiresAt ? sql`${expiresAt.toISOString()}::timestamptz > now()` : undefined,
  );
}

/**
 * Claims of tokens that name the customer, as far as this process has seen: KunaCore's documentation shows them in an
 * example only. A restart forgets them, so that a change at KunaCore cannot lock every customer out for good.
 */
const naming = singleton('token-claims', () => ({ customer: new Set<string>() }));

/**
 * Returns whether KunaCore, or an intermediary, mixed up two responses: a claim names a customer of another user here,
 * or names another customer where earlier tokens named their own.
 */
async function belongsToAnother(
  { db }: Services,
  { userId, customerId }: { userId: string; customerId: string },
  names: Record<string, string>,
): Promise<boolean> {
  const differing = Object.entries(names).filter(([, name]) => name !== customerId);
  if (differing.some(([claim]) => naming.customer.has(claim))) return true;
  const others = differing.map(([, name]) => name);
  const isOfOther = and(inArray(customers.customerId, others), ne(customers.userId, userId));
  if (others.length > 0 && (await db.$count(customers, isOfOther)) > 0) return true;
  for (const [claim, name] of Object.entries(names)) if (name === customerId) naming.customer.add(claim);
  return false;
}

/** Passes KunaCore's own Retry-After (at most a minute, lib/kunacore/retry.ts) on to the person. */
function unavailable(error?: KunaCoreError): Issued {
  const requested = error instanceof RejectedError ? Math.ceil((error.retryAfter ?? 0) / 1000) : 0;
  return { outcome: 'unavailable', retryInSeconds: Math.max(SOONEST_RETRY_SECONDS, requested) };
}

async function toIssueResult(services: Services, userId: string, error: unknown): Promise<Issued> {
  if (error instanceof LeaseBusy || error instanceof IntegrityError) return unavailable();
  if (!(error instanceof KunaCoreError)) throw error;
  services.log.warn({ event: 'token_not_issued', userId, endpoint: error.endpoint, error: describeError(error) });
  // A 403 may be about this customer, too.
  if (!(error instanceof RejectedError && (error.isFinal || error.status === 403))) return unavailable(error);
  // The wallet may have been blocked; refresh the state so that the account page shows it.
  const customer = await syncCustomer(services, userId, 'all', WAIT_MS).catch(() => null);
  return customer && customer.state !== 'ready' ? { outcome: 'not-ready', customer } : { outcome: 'refused' };
}
