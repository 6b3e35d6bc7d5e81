import 'server-only';
import { and, eq, inArray, isNotNull, ne, notExists, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { appendAudit } from '@/lib/audit/append';
import type { AuditEvent } from '@/lib/audit/events';
import type { Database } from '@/lib/db/client';
import { customers, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Customer } from '@/lib/kunacore/customers';
import { KunaCoreError, RejectedError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { openEmail } from '@/lib/users/email-columns';
import { createUnderLease } from './create';
import type { Details } from './detail-fields';
import { readableDetails } from './details';
import { type Lease, LeaseBusy, withLease } from './lease';
import { boundCustomers, type CustomerRow } from './row';

// KunaCore has a customer with this person's e-mail address that is not ours (create.ts). Only the institution can say
// whether it is the same person. Linking gives that customer our externalId; the usual look-up then adopts it.

type Operator = Extract<AuditEvent['actor'], `operator:${string}`>;

/** Both sides of a conflict, with personal data. */
export interface ConflictRecords {
  ours: { email: string; externalId: string; details: Details | null; dismissedAt: Date | null };
  /** KunaCore's customer with the same address; null when there is none any more, so that asking again may succeed. */
  theirs: Customer | null;
  /** Another person here already has KunaCore's customer. */
  isTaken: boolean;
}

/**
 * Reads both records of a conflict. @returns null when there is no conflict.
 * @throws KunaCoreError; SealError; the driver's error.
 */
export async function conflictRecords(services: Services, userId: string): Promise<ConflictRecords | null> {
  const found = await readConflict(services, userId);
  if (!found) return null;
  const { row, email } = found;
  const stored = await readableDetails(services, userId);
  const theirs = (await services.kunacore.findCustomers({ email })).find((customer) => hasAddress(customer, email));
  return {
    ours: { email, externalId: row.externalId, details: stored?.details ?? null, dismissedAt: row.conflictDismissedAt },
    theirs: theirs ?? null,
    isTaken: theirs ? await isTaken(services, userId, theirs) : false,
  };
}

/** The reasons not to link. `refused`: KunaCore said no. `unavailable`: not known to be done; try again. */
export const LINK_REFUSALS = ['no-conflict', 'gone', 'email-differs', 'taken', 'refused', 'unavailable'] as const;
export type LinkRefusal = (typeof LINK_REFUSALS)[number];

const WAIT_MS = 8_000;

/**
 * Links a person in conflict to KunaCore's customer, after the institution has proof that both are the same person. Claims
 * the customer here first, so that only one person can have it. Repeating it after an unknown outcome is safe.
 * @param customerId as the operator saw it. @returns null when linked, or why not. @throws the driver's error.
 */
export async function linkConflict(
  services: Services,
  userId: string,
  customerId: string,
  actor: Operator,
): Promise<LinkRefusal | null> {
  try {
    return await withLease(services, userId, WAIT_MS, (lease) =>
      linkUnderLease(services, userId, customerId, actor, lease),
    );
  } catch (error) {
    if (error instanceof LeaseBusy) return 'unavailable';
    if (!(error instanceof KunaCoreError)) throw error;
    services.log.warn({ event: 'conflict_not_linked', userId, error: describeError(error) });
    if (error instanceof RejectedError && error.status === 404) return 'gone';
    return error instanceof RejectedError && !error.isTransient ? 'refused' : 'unavailable';
  }
}

async function linkUnderLease(
  services: Services,
  userId: string,
  customerId: string,
  actor: Operator,
  lease: Lease,
): Promise<LinkRefusal | null> {
  const found = await readConflict(services, userId);
  if (!found) return 'no-conflict';
  const { row, email } = found;
  await lease.renew();
  const theirs = await services.kunacore.getCustomer(customerId);
  if (!hasAddress(theirs, email)) return 'email-differs';
  if (await isTaken(services, userId, theirs)) return 'taken';
  if (!(await claim(services, row, theirs, actor))) return 'taken';
  await lease.renew();
  try {
    await services.kunacore.updateCustomer(customerId, { externalId: row.externalId });
  } catch (error) {
    if (error instanceof RejectedError && !error.isTransient) await nameCustomer(services.db, services, row, null);
    throw error;
  }
  await reopen(services, userId, eq(customers.state, 'conflict'));
  services.wake();
  const { state } = await createUnderLease(services, userId, lease);
  return state === 'creating' || state === 'conflict' ? 'unavailable' : null;
}

/** Stores which customer the person is about to be linked to. @returns false when another person has it. */
async function claim(services: Services, row: CustomerRow, theirs: Customer, actor: Operator): Promise<boolean> {
  return inTransaction(services.db, async (tx) => {
    const claimed = await nameCustomer(tx, services, row, theirs);
    const facts = { customer: 'claimed', customerId: theirs.id } as const;
    const event = { event: 'user_updated', actor, subject: row.userId, facts } as const;
    if (claimed) await appendAudit(tx, services.keyring, event);
    return claimed;
  });
}

/** Stores the ids of a row in conflict; null gives them back. @returns false when another person has the customer. */
async function nameCustomer(
  db: Database,
  { keyring }: Pick<Services, 'keyring'>,
  row: CustomerRow,
  theirs: Pick<Customer, 'id' | 'walletId'> | null,
): Promise<boolean> {
  const ids = { customerId: theirs?.id ?? null, walletId: theirs?.walletId ?? null };
  const other = alias(customers, 'other');
  const isOthers = and(eq(other.customerId, ids.customerId ?? ''), ne(other.userId, row.userId));
  const others = db.select({ userId: other.userId }).from(other).where(isOthers);
  const named = await db
    .update(customers)
    .set({ ...ids, mac: boundCustomers.mac(keyring, { ...row, ...ids }) })
    .where(and(eq(customers.userId, row.userId), eq(customers.state, 'conflict'), notExists(others)))
    .returning({ userId: customers.userId });
  return named.length > 0;
}

/**
 * Puts a conflict aside: it stays one, and needs no attention until KunaCore is asked again.
 * @returns false when there is no conflict. @throws the driver's error.
 */
export function dismissConflict({ db, keyring }: Services, userId: string, actor: Operator): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const dismissed = await tx
      .update(customers)
      .set({ conflictDismissedAt: sql`coalesce(${customers.conflictDismissedAt}, now())` })
      .where(and(eq(customers.userId, userId), eq(customers.state, 'conflict')))
      .returning({ userId: customers.userId });
    const facts = { customer: 'dismissed' } as const;
    if (dismissed.length > 0) await appendAudit(tx, keyring, { event: 'user_updated', actor, subject: userId, facts });
    return dismissed.length > 0;
  });
}

/**
 * Asks KunaCore again: creates a rejected customer or one in conflict, or sends a rejected change, as if for the first time.
 * Looks the customer up before it creates one.
 * @returns false when nothing was rejected and there is no conflict. @throws the driver's error.
 */
export async function retryRejected(services: Services, userId: string, actor: Operator): Promise<boolean> {
  const asked = await inTransaction(services.db, async (tx) => {
    const within = { ...services, db: tx };
    const isUndecided = inArray(customers.state, ['rejected', 'conflict']);
    const reopened = (await reopen(within, userId, isUndecided)) || (await resend(within, userId));
    const facts = { customer: 'asked-again' } as const;
    if (reopened) await appendAudit(tx, services.keyring, { event: 'user_updated', actor, subject: userId, facts });
    return reopened;
  });
  if (asked) services.wake();
  return asked;
}

const due = { attempts: 0, nextAttemptAt: sql`now()`, rejectionCode: null };

/** Makes the reconciler look the customer up, and create one when KunaCore has none. */
async function reopen({ db }: Pick<Services, 'db'>, userId: string, condition: SQL): Promise<boolean> {
  const reopened = await db
    .update(customers)
    .set({ ...due, state: 'creating', createAttemptedAt: sql`now()`, conflictDismissedAt: null })
    .where(and(eq(customers.userId, userId), condition))
    .returning({ userId: customers.userId });
  return reopened.length > 0;
}

async function resend({ db }: Pick<Services, 'db'>, userId: string): Promise<boolean> {
  const isRejected = and(eq(customers.state, 'linked'), isNotNull(customers.rejectionCode));
  const resent = await db
    .update(customers)
    .set({ ...due, sentVersion: 0 })
    .where(and(eq(customers.userId, userId), isRejected))
    .returning({ userId: customers.userId });
  return resent.length > 0;
}

/** Returns the stored conflict. A row that was changed past the portal looks like one, and must never be linked. */
async function readConflict(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userId: string,
): Promise<{ row: CustomerRow; email: string } | null> {
  const [found] = await db
    .select({ row: customers, email: users.email })
    .from(customers)
    .innerJoin(users, eq(users.id, customers.userId))
    .where(and(eq(customers.userId, userId), eq(customers.state, 'conflict'), ne(users.email, '')));
  if (!found || !boundCustomers.isIntact(keyring, found.row)) return null;
  return { row: found.row, email: openEmail(keyring, { id: userId, email: found.email }) };
}

function hasAddress(customer: Customer, email: string): boolean {
  return customer.email?.toLowerCase() === email;
}

/** Returns whether another person here has the customer: by its id, or by an externalId that we gave. */
async function isTaken({ db }: Pick<Services, 'db'>, userId: string, { id, externalId }: Customer): Promise<boolean> {
  const ours = z.uuid().safeParse(externalId);
  const byExternalId = ours.success ? eq(customers.externalId, ours.data) : undefined;
  const isTheirs = or(eq(customers.customerId, id), byExternalId);
  return (await db.$count(customers, and(ne(customers.userId, userId), isTheirs))) > 0;
}
