import 'server-only';
import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { appendAudit } from '@/lib/audit/append';
import { authorisations, customers } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import { KunaCoreError, RejectedError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { traced } from '@/lib/telemetry/telemetry';
import { mayStillHave, readAccepted } from './accepted';
import type { Details } from './detail-fields';
import { type DetailsVersion, recordHandover } from './history';
import { type Lease, withLease } from './lease';
import { notifyIfReady } from './ready';
import { postpone } from './retry';
import { boundCustomers, type CustomerRow, findCustomer } from './row';
import { type CustomerState, customerState } from './state';

type KunaCoreCustomer = Awaited<ReturnType<Services['kunacore']['createCustomer']>>;

/**
 * Creates the user's KunaCore customer exactly once, despite double clicks, retries and crashes: the intent is stored
 * before the call (`storeDetails`), each attempt is marked before it is made, and after a lost response the customer is
 * looked up by our externalId and the e-mail address before the next attempt.
 * @param waitMs how long to wait while another operation of this customer runs.
 * @returns the user's state now; `creating` when KunaCore was unavailable and the reconciler continues.
 * @throws LeaseBusy while another call for this user is still running; the driver's error.
 */
export function createCustomer(services: Services, userId: string, waitMs: number): Promise<CustomerState> {
  return withLease(services, userId, waitMs, (lease) => createUnderLease(services, userId, lease));
}

/** Does the same for a caller that holds the lease. @throws LeaseBusy when it was lost; the driver's error. */
export async function createUnderLease(services: Services, userId: string, lease: Lease): Promise<CustomerState> {
  const row = await findCustomer(services, userId);
  const stored = row?.state === 'creating' ? await readAccepted(services, row) : null;
  if (!row || !stored) return customerState(row);
  try {
    await traced({ name: 'kuna_portal.create_customer' }, () => createOnce(services, { row, stored }, lease));
  } catch (error) {
    if (!(error instanceof KunaCoreError)) throw error;
    services.log.warn({ event: 'customer_create_postponed', userId, error: describeError(error) });
    await postpone(services, customers, userId, error);
  }
  return customerState(await findCustomer(services, userId));
}

interface Intent {
  row: CustomerRow;
  /** The accepted version of the details. */
  stored: DetailsVersion;
}

/** Makes one attempt. Decides the state, or throws the KunaCoreError that leaves it open. */
async function createOnce(services: Services, intent: Intent, lease: Lease): Promise<void> {
  const { userId, externalId, createAttemptedAt } = intent.row;
  // An earlier attempt may have succeeded although its response was lost.
  if (createAttemptedAt && (await adoptExisting(services, intent, lease))) return;
  await lease.renew();
  if (!(await markAttempted(services, intent.stored))) return;
  try {
    const { email, details, version } = intent.stored;
    const created = await services.kunacore.createCustomer({ email, externalId, ...toKunaCore(details) });
    await markLinked(services, intent, created, version);
  } catch (error) {
    if (!(error instanceof KunaCoreError)) throw error;
    const isRefusal = error instanceof RejectedError && error.isFinal;
    if (!error.mayHaveHappened && !isRefusal) {
      await services.db.update(customers).set({ createAttemptedAt: null }).where(eq(customers.userId, userId));
      throw error;
    }
    if (await adoptExisting(services, intent, lease)) return;
    if (!isRefusal) throw error;
    const { code, status } = error;
    const rejectionCode = code ?? String(status);
    await decide(services, userId, 'rejected', { createAttemptedAt: null, rejectionCode }, { code: rejectionCode });
    services.log.warn({ event: 'customer_rejected', userId, code, status });
  }
}

/**
 * Looks the customer up and decides the state when one is found: ours is linked; one with this e-mail address and
 * another externalId belongs to another person and is never adopted.
 * @returns whether the state is decided. @throws KunaCoreError when the look-up fails.
 */
async function adoptExisting(services: Services, intent: Intent, lease: Lease): Promise<boolean> {
  const { externalId, userId } = intent.row;
  await lease.renew();
  const byExternalId = await services.kunacore.findCustomers({ externalId });
  // The search may match parts of a value, so the rows are compared here.
  const ours = byExternalId.find((customer) => customer.externalId === externalId);
  const sameEmail = (customer: KunaCoreCustomer) => customer.email?.toLowerCase() === intent.stored.email;
  if (!ours) await lease.renew();
  const candidate = ours ?? (await services.kunacore.findCustomers({ email: intent.stored.email })).find(sameEmail);
  if (!candidate) return false;
  if (candidate.externalId === externalId) {
    // It holds the details of an earlier attempt, perhaps before a change: they are sent again.
    await markLinked(services, intent, candidate, 0);
    return true;
  }
  await decide(services, userId, 'conflict', { createAttemptedAt: null });
  services.log.error({ event: 'customer_conflict', userId });
  return true;
}

async function markLinked(
  services: Services,
  { row, stored }: Intent,
  customer: KunaCoreCustomer,
  sentVersion: number,
): Promise<void> {
  const { id: customerId, walletId, verificationStatus = null, walletStatus = null } = customer;
  const mac = boundCustomers.mac(services.keyring, { ...row, customerId, walletId });
  const status = { verificationStatus, walletStatus, sentVersion, checkedAt: sql`now()` };
  const due = { attempts: 0, nextAttemptAt: sql`now()` };
  const change = { customerId, walletId, mac, ...status, ...due };
  await decide(services, row.userId, 'linked', change, { handedOver: sentVersion > 0 ? stored : undefined });
  services.log.info({ event: 'customer_linked', userId: row.userId, customerId });
}

/** Stores the state that ends the attempts, with its audit event. */
async function decide(
  { db, keyring, sendsMail }: Services,
  userId: string,
  state: 'linked' | 'rejected' | 'conflict',
  change: PgUpdateSetSource<typeof customers>,
  { code, handedOver }: { code?: string; handedOver?: DetailsVersion } = {},
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx
      .update(customers)
      .set({ ...change, state })
      .where(eq(customers.userId, userId));
    if (state === 'linked') await tx.insert(authorisations).values({ userId }).onConflictDoNothing();
    if (state === 'linked') await notifyIfReady({ db: tx, keyring, sendsMail }, userId, null);
    if (handedOver) await recordHandover({ db: tx, keyring }, handedOver);
    const facts = { customer: state, code };
    await appendAudit(tx, keyring, { event: 'user_updated', actor: 'system', subject: userId, facts });
  });
}

/** @returns false when the consent was withdrawn or the account deleted meanwhile: do not call then. */
async function markAttempted({ db }: Services, stored: DetailsVersion): Promise<boolean> {
  const marked = await db
    .update(customers)
    .set({ createAttemptedAt: new Date() })
    .where(mayStillHave(stored))
    .returning({ userId: customers.userId });
  return marked.length > 0;
}

/** Returns our details under KunaCore's names (POST /v2/customer/create), without empty optional ones. */
export function toKunaCore(details: Details) {
  return {
    firstName: details.firstName,
    lastName: details.lastName,
    country: details.country,
    verificationDocumentId: details.documentNumber,
    residenceAddress: details.residenceAddress,
    ...(details.phoneNumber ? { phoneNumber: details.phoneNumber } : {}),
    ...(details.taxNumber ? { itn: details.taxNumber } : {}),
  };
}
