import 'server-only';
import { and, eq, exists, gt, inArray, ne, type SQL, sql } from 'drizzle-orm';
import { appendAuditNow } from '@/lib/audit/append';
import { IntegrityError } from '@/lib/crypto/bound-row';
import { LeaseBusy, withLease } from '@/lib/customers/lease';
import { readCustomerState } from '@/lib/customers/read';
import type { CustomerState } from '@/lib/customers/state';
import { syncCustomer } from '@/lib/customers/sync';
import { authorisations, customers, sessions } from '@/lib/db/schema';
import { KunaCoreError, RejectedError } from '@/lib/kunacore/errors';
import type { Secret } from '@/lib/kunacore/secret';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { singleton } from '@/lib/singleton';
import { revokeAccess } from './epoch';
import { asTime } from './expiry';
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
  /** KunaCore cannot be asked right now; asking again makes sense after so many seconds. */
  | { outcome: 'unavailable'; retryInSeconds: number }
  /** KunaCore said no to this customer. */
  | { outcome: 'refused' }
  /** The session ended while KunaCore was asked. */
  | { outcome: 'signed-out' };

const SOONEST_RETRY_SECONDS = 5;
const WAIT_MS = 8_000;
/** An end that is wanted while a token is being made costs another round; more than this is not bad luck. */
const ROUNDS = 3;

/**
 * Issues a widget token for the browser that will show the widget. Keeps two promises (docs/decisions):
 * no late kill, for every invalidation wanted before is carried out before the token is made; no late birth, for the
 * token is handed over only if the session still lives and nothing was ended meanwhile.
 * @param userAgent of that browser: KunaCore binds the token to it (POST /v2/ramp/token).
 * @throws the driver's error.
 */
export async function issueToken(services: Services, session: TokenSession, userAgent: string): Promise<Issued> {
  const customer = await readCustomerState(services, session.userId);
  if (customer.state !== 'ready') return { outcome: 'not-ready', customer };
  const { customerId } = customer;
  try {
    return await withLease(services, session.userId, WAIT_MS, async (lease) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const epoch = await revokePending(services, session.userId, lease);
        await lease.renew();
        const asker = { owner: lease.owner, epoch };
        // Before the call, too: a token whose answer is lost is ended only by an end that comes after this.
        if (!(await mayHaveToken(services, session, asker))) {
          if (!(await lives(services, session.id))) return { outcome: 'signed-out' };
          continue;
        }
        const { token, expiresAt, names } = await services.kunacore.issueToken({ customerId, userAgent });
        if (await belongsToAnother(services, { userId: session.userId, customerId }, names)) {
          services.log.error({ event: 'token_of_another_customer', userId: session.userId });
          return unavailable();
        }
        if (await mayHaveToken(services, session, asker, expiresAt)) {
          await noteCreated(services, session.userId, epoch);
          return { outcome: 'issued', token, epoch, expiresAt };
        }
        // Nobody gets this token: it must not stay alive either.
        await revokeAccess(services, session.userId, 'not-handed-over');
        if (!(await lives(services, session.id))) return { outcome: 'signed-out' };
      }
      return unavailable();
    });
  } catch (error) {
    return explain(services, session.userId, error);
  }
}

/**
 * One statement decides, by the database's clock: the lease is still ours, the session lives, nothing was ended since
 * `epoch`, and the token has not run out already.
 */
async function mayHaveToken(
  { db }: Services,
  session: TokenSession,
  { owner, epoch }: { owner: string; epoch: number },
  expiresAt: Date | null = null,
): Promise<boolean> {
  const ours = db
    .select({ one: sql`1` })
    .from(customers)
    .innerJoin(authorisations, eq(authorisations.userId, customers.userId))
    .where(
      and(
        eq(customers.userId, session.userId),
        eq(customers.leaseOwner, owner),
        gt(customers.leaseUntil, sql`now()`),
        eq(authorisations.epoch, epoch),
      ),
    );
  const found = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.id, session.id), gt(sessions.expiresAt, sql`now()`), stillGood(expiresAt), exists(ours)));
  return found.length > 0;
}

function noteCreated(services: Services, userId: string, epoch: number): Promise<void> {
  const actor = `user:${userId}` as const;
  return appendAuditNow(services, { event: 'authn_token_created', actor, subject: userId, facts: { epoch } });
}

/**
 * Claims of tokens that name the customer, as far as this process has seen: KunaCore's documentation shows them in an
 * example only. A restart forgets them, so that a change at KunaCore cannot keep everybody out for good.
 */
const naming = singleton('token-claims', () => ({ customer: new Set<string>() }));

/**
 * Returns whether KunaCore, or an intermediary, mixed up two answers: a claim names a customer of another user here,
 * or names somebody else where earlier tokens named their own customer.
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

function stillGood(expiresAt: Date | null): SQL {
  return expiresAt ? sql`${asTime(expiresAt)} > now()` : sql`true`;
}

async function lives({ db }: Services, sessionId: string): Promise<boolean> {
  const found = await db.select({ id: sessions.id }).from(sessions).where(eq(sessions.id, sessionId));
  return found.length > 0;
}

/** KunaCore's own Retry-After (at most a minute, lib/kunacore/retry-after.ts) is what the person is told, too. */
function unavailable(error?: KunaCoreError): Issued {
  const asked = error instanceof RejectedError ? Math.ceil((error.retryAfter ?? 0) / 1000) : 0;
  return { outcome: 'unavailable', retryInSeconds: Math.max(SOONEST_RETRY_SECONDS, asked) };
}

async function explain(services: Services, userId: string, error: unknown): Promise<Issued> {
  if (error instanceof LeaseBusy || error instanceof IntegrityError) return unavailable();
  if (!(error instanceof KunaCoreError)) throw error;
  services.log.warn({ event: 'token_not_issued', userId, endpoint: error.endpoint, error: describeError(error) });
  const saidNo = error instanceof RejectedError && [400, 403, 404, 409, 422].includes(error.status);
  if (!saidNo) return unavailable(error);
  // A no may mean that Kuna blocked the wallet: learn it, so that the account page can say so.
  const customer = await syncCustomer(services, userId, 'all', WAIT_MS).catch(() => null);
  return customer && customer.state !== 'ready' ? { outcome: 'not-ready', customer } : { outcome: 'refused' };
}
