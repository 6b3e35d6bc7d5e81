import 'server-only';
import { and, eq, gt, inArray, ne, sql } from 'drizzle-orm';
import { appendAuditNow } from '@/lib/audit/append';
import { IntegrityError } from '@/lib/crypto/bound-row';
import { LeaseBusy, withLease } from '@/lib/customers/lease';
import { readCustomerState } from '@/lib/customers/row';
import type { CustomerState } from '@/lib/customers/state';
import { syncCustomer } from '@/lib/customers/sync';
import { authorisations, customers, sessions } from '@/lib/db/schema';
import { KunaCoreError, RejectedError } from '@/lib/kunacore/errors';
import type { Secret } from '@/lib/kunacore/secret';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { singleton } from '@/lib/singleton';
import { revokeAccess } from './epoch';
import { revokePending } from './revoke';

/** The live session that a token is issued for. */
export interface TokenSession {
  id: string;
  userId: string;
}

/** A token for this browser, or why there is none. */
export type Issued =
  | { outcome: 'issued'; token: Secret; epoch: number; expiresAt: Date | null }
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
export async function issueToken(services: Services, session: TokenSession, userAgent: string): Promise<Issued> {
  const { userId } = session;
  const customer = await readCustomerState(services, userId);
  if (customer.state !== 'ready') return { outcome: 'not-ready', customer };
  const { customerId } = customer;
  try {
    return await withLease(services, userId, WAIT_MS, async (lease) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const epoch = await revokePending(services, userId, lease);
        await lease.renew();
        const holder = { owner: lease.owner, epoch };
        // Before the call, too: a token whose response is lost is revoked only by an epoch that ends after this.
        const before = await checkSession(services, session, holder);
        if (before === 'ended') return { outcome: 'signed-out' };
        if (before === 'outdated') continue;
        const { token, expiresAt, names } = await services.kunacore.issueToken({ customerId, userAgent });
        if (await belongsToAnother(services, { userId, customerId }, names)) {
          services.log.error({ event: 'token_of_another_customer', userId });
          return unavailable();
        }
        const after = await checkSession(services, session, holder, expiresAt);
        if (after === 'current') {
          const facts = { epoch };
          const created = { event: 'authn_token_created', actor: `user:${userId}`, subject: userId, facts } as const;
          await appendAuditNow(services, created);
          return { outcome: 'issued', token, epoch, expiresAt };
        }
        // Discarded, so revoke it too.
        await revokeAccess(services, userId, 'not-handed-over');
        if (after === 'ended') return { outcome: 'signed-out' };
      }
      return unavailable();
    });
  } catch (error) {
    return toIssueResult(services, userId, error);
  }
}

/**
 * Checks in one statement, by the database's clock, whether a token may be handed over.
 * @returns `current` when the lease is still ours, the session is live, `epoch` has not ended and the token has not
 * expired; `ended` when the session is gone; `outdated` otherwise.
 */
async function checkSession(
  { db }: Services,
  session: TokenSession,
  { owner, epoch }: { owner: string; epoch: number },
  expiresAt: Date | null = null,
): Promise<'current' | 'ended' | 'outdated'> {
  const isCurrent = and(
    gt(sessions.expiresAt, sql`now()`),
    eq(customers.leaseOwner, owner),
    gt(customers.leaseUntil, sql`now()`),
    eq(authorisations.epoch, epoch),
    expiresAt ? sql`${expiresAt.toISOString()}::timestamptz > now()` : undefined,
  );
  const [found] = await db
    .select({ isCurrent: sql<boolean | null>`${isCurrent}` })
    .from(sessions)
    .leftJoin(customers, eq(customers.userId, session.userId))
    .leftJoin(authorisations, eq(authorisations.userId, customers.userId))
    .where(eq(sessions.id, session.id));
  if (!found) return 'ended';
  return found.isCurrent ? 'current' : 'outdated';
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
  const found = await db
    .select({ userId: customers.userId })
    .from(customers)
    .where(and(inArray(customers.customerId, others), ne(customers.userId, userId)));
  if (found.length > 0) return true;
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
