import 'server-only';
import { eq, sql } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import { authorisations, customers, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import { KunaCoreError, RejectedError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { openEmail } from '@/lib/users/email-columns';
import type { Details } from './detail-fields';
import { readDetails } from './details';
import { type Lease, withLease } from './lease';
import { postpone } from './retry';
import { boundCustomers, readCustomer } from './row';
import { type CustomerState, customerState } from './state';

type KunaCoreCustomer = Awaited<ReturnType<Services['kunacore']['createCustomer']>>;

/**
 * Creates the user's KunaCore customer, once, whatever is clicked twice, retried or killed half-way:
 * the intent is in the database before the call (`storeDetails`), an attempt is noted before it is made, and after an
 * answer that never came the customer is looked up by our externalId and the e-mail before anything is tried again.
 * @param waitMs how long to wait when another operation of this customer is under way.
 * @returns where the user stands now; `creating` when KunaCore could not be asked, the reconciler goes on then.
 * @throws LeaseBusy while another call for this user is still running; the driver's error.
 */
export function createCustomer(services: Services, userId: string, waitMs: number): Promise<CustomerState> {
  return withLease(services, userId, waitMs, async (lease) => {
    const intent = await readIntent(services, userId);
    if (intent?.row.state !== 'creating') return customerState(intent?.row);
    try {
      await attempt(services, intent, lease);
    } catch (error) {
      if (!(error instanceof KunaCoreError)) throw error;
      services.log.warn({ event: 'customer_create_postponed', userId, error: describeError(error) });
      await postpone(services, customers, userId, intent.row.attempts, error);
    }
    return customerState((await readIntent(services, userId))?.row);
  });
}

interface Intent {
  row: typeof customers.$inferSelect;
  email: string;
  details: Details;
  version: number;
}

async function readIntent(services: Services, userId: string): Promise<Intent | null> {
  const [found] = await services.db
    .select({ row: customers, email: users.email })
    .from(customers)
    .innerJoin(users, eq(users.id, customers.userId))
    .where(eq(customers.userId, userId));
  const stored = found ? await readDetails(services, userId) : null;
  if (!found || !stored) return null;
  const email = openEmail(services.keyring, { id: userId, email: found.email });
  const row = readCustomer(services.keyring, found.row);
  return { row, email, details: stored.details, version: stored.version };
}

/** One attempt. Settles the state, or throws the KunaCoreError that leaves it open. */
async function attempt(services: Services, intent: Intent, lease: Lease): Promise<void> {
  // An earlier attempt may have arrived although its answer did not.
  if (intent.row.createAttemptedAt && (await settleByLookup(services, intent, lease))) return;
  await lease.renew();
  await note(services, intent, { createAttemptedAt: new Date() });
  try {
    const created = await services.kunacore.createCustomer(toKunaCore(intent));
    await link(services, intent, created, intent.version);
  } catch (error) {
    if (!(error instanceof KunaCoreError)) throw error;
    if (!error.mayHaveHappened && !isRefusal(error)) {
      await note(services, intent, { createAttemptedAt: null });
      throw error;
    }
    if (await settleByLookup(services, intent, lease)) return;
    if (!isRefusal(error)) throw error;
    const code = error.code ?? String(error.status);
    await settleAs(services, intent, 'rejected', code);
    services.log.warn({
      event: 'customer_rejected',
      userId: intent.row.userId,
      code: error.code,
      status: error.status,
    });
  }
}

/** KunaCore understood and said no to these details; not: to our credentials, or for now. */
function isRefusal(error: KunaCoreError): error is RejectedError {
  return error instanceof RejectedError && [400, 404, 409, 422].includes(error.status);
}

/**
 * Looks for the customer and settles the state when one is found: ours is linked; one with this e-mail and another
 * externalId is somebody else's and never adopted.
 * @returns whether the state is settled. @throws KunaCoreError when KunaCore cannot say.
 */
async function settleByLookup(services: Services, intent: Intent, lease: Lease): Promise<boolean> {
  const { externalId, userId } = intent.row;
  await lease.renew();
  const byExternalId = await services.kunacore.findCustomers({ externalId });
  // The search may match parts of a value, so the rows are compared here.
  const ours = byExternalId.find((customer) => customer.externalId === externalId);
  const sameEmail = (customer: KunaCoreCustomer) => customer.email?.toLowerCase() === intent.email;
  if (!ours) await lease.renew();
  const candidate = ours ?? (await services.kunacore.findCustomers({ email: intent.email })).find(sameEmail);
  if (!candidate) return false;
  if (candidate.externalId === externalId) {
    // It holds what some earlier attempt carried, perhaps before a change: the details are sent again.
    await link(services, intent, candidate, 0);
    return true;
  }
  await settleAs(services, intent, 'conflict');
  services.log.error({ event: 'customer_conflict', userId });
  return true;
}

async function link(
  services: Services,
  { row }: Intent,
  customer: KunaCoreCustomer,
  sentVersion: number,
): Promise<void> {
  const { id, walletId, verificationStatus, walletStatus } = customer;
  await inTransaction(services.db, async (tx) => {
    await tx
      .update(customers)
      .set({
        state: 'linked',
        customerId: id,
        walletId,
        mac: boundCustomers.mac(services.keyring, { ...row, customerId: id, walletId }),
        verificationStatus: verificationStatus ?? null,
        walletStatus: walletStatus ?? null,
        sentVersion,
        checkedAt: sql`now()`,
        attempts: 0,
        nextAttemptAt: sql`now()`,
      })
      .where(eq(customers.userId, row.userId));
    await tx.insert(authorisations).values({ userId: row.userId }).onConflictDoNothing();
    await appendAudit(tx, services.keyring, told(row.userId, { customer: 'linked' }));
  });
  services.log.info({ event: 'customer_linked', userId: row.userId, customerId: id });
}

/** Ends the attempts without a customer: the person corrects the details, or the operator decides. */
async function settleAs(
  services: Services,
  { row }: Intent,
  state: 'rejected' | 'conflict',
  code?: string,
): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    await tx
      .update(customers)
      .set({ state, createAttemptedAt: null, ...(code ? { rejectionCode: code } : {}) })
      .where(eq(customers.userId, row.userId));
    await appendAudit(tx, services.keyring, told(row.userId, { customer: state, code }));
  });
}

function told(userId: string, facts: { customer: 'linked' | 'conflict' | 'rejected'; code?: string }) {
  return { event: 'user_updated', actor: 'system', subject: userId, facts } as const;
}

async function note(
  services: Services,
  { row }: Intent,
  change: Partial<typeof customers.$inferInsert>,
): Promise<void> {
  await services.db.update(customers).set(change).where(eq(customers.userId, row.userId));
}

function toKunaCore({ row, email, details }: Intent) {
  return { email, externalId: row.externalId, ...kunaCoreDetails(details) };
}

/** Our details under KunaCore's names (POST /v2/customer/create); optional ones are left out when empty. */
export function kunaCoreDetails(details: Details) {
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
