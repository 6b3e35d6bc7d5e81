import 'server-only';
import { count, desc, eq, isNull, sql } from 'drizzle-orm';
import { readCustomer } from '@/lib/customers/row';
import { type CustomerState, customerState } from '@/lib/customers/state';
import { authorisations, customers, details, sessions, users } from '@/lib/db/schema';
import { typedEmail } from '@/lib/email-address';
import type { Services } from '@/lib/services';
import { readEmail } from '@/lib/users/email-columns';
import { findUser } from '@/lib/users/find';
import { type Identity, listIdentities } from '@/lib/users/identities';

/** A line of the customer list. */
export interface CustomerLine {
  userId: string;
  /** Null when deleted, or when no key opens it. */
  email: string | null;
  state: CustomerState['state'];
  blocked: boolean;
  deleted: boolean;
  createdAt: Date;
  /** The number of epochs that KunaCore has not revoked yet. */
  pendingRevocations: number;
}

/** The data of one person in the support console. Leaves out verification details, which support does not need. */
export interface CustomerFile extends CustomerLine {
  /** The language that the customer chose, or null. */
  language: string | null;
  blockedAt: Date | null;
  claimsSealed: string | null;
  customer: CustomerState;
  externalId: string | null;
  customerId: string | null;
  walletId: string | null;
  rejectionCode: string | null;
  /** The review of the newest details (KYC_MODE=review); null when there is none. */
  review: { state: 'waiting' | 'returned'; since: Date } | null;
  verificationStatus: string | null;
  walletStatus: string | null;
  /** The number of sessions, including expired ones that are not swept yet. */
  sessions: number;
  lastSeenAt: Date | null;
  authorisation: { epoch: number; revokedEpoch: number; lastReason: string | null; epochStartedAt: Date | null } | null;
  details: { version: number; sentVersion: number; consentVersion: string; consentedAt: Date } | null;
  /** Identities at identity providers. */
  identities: Identity[];
}

/** Version and consent of the details, without their content. */
const consentColumns = {
  version: details.version,
  consentVersion: details.consentVersion,
  consentedAt: details.consentedAt,
};

const PAGE = 50;

/** Returns a page of customers: needs attention first, then newest. @param page from 0. @throws the driver's error. */
export async function listCustomers(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  page: number,
): Promise<{ lines: CustomerLine[]; more: boolean }> {
  const needsAttention = sql`coalesce(${customers.state} = 'conflict' or ${authorisations.epoch} > ${authorisations.revokedEpoch}, false)`;
  const rows = await db
    .select({ user: users, customer: customers, authorisation: authorisations })
    .from(users)
    .leftJoin(customers, eq(customers.userId, users.id))
    .leftJoin(authorisations, eq(authorisations.userId, users.id))
    .where(isNull(users.deletedAt))
    .orderBy(desc(needsAttention), desc(users.createdAt), users.id)
    .limit(PAGE + 1)
    .offset(page * PAGE);
  return { lines: rows.slice(0, PAGE).map((row) => toLine(keyring, row)), more: rows.length > PAGE };
}

/** Returns the id of the customer with this address, as an operator types it, or null. */
export async function findCustomer(services: Pick<Services, 'db' | 'keyring'>, typed: string): Promise<string | null> {
  const email = typedEmail(typed);
  return email ? ((await findUser(services, email))?.id ?? null) : null;
}

/** Returns the data of one person, or null. @throws the driver's error. */
export async function readCustomerFile(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userId: string,
): Promise<CustomerFile | null> {
  const [row] = await db
    .select({ user: users, customer: customers, authorisation: authorisations, details: consentColumns })
    .from(users)
    .leftJoin(customers, eq(customers.userId, users.id))
    .leftJoin(authorisations, eq(authorisations.userId, users.id))
    .leftJoin(details, eq(details.userId, users.id))
    .where(eq(users.id, userId));
  if (!row) return null;
  const [live] = await db
    .select({
      sessions: count(),
      lastSeenAt: sql<Date | null>`max(${sessions.lastSeenAt})`.mapWith(sessions.lastSeenAt),
    })
    .from(sessions)
    .where(eq(sessions.userId, userId));
  const { authorisation } = row;
  const customer = readCustomer(keyring, row.customer);
  return {
    ...toLine(keyring, row),
    language: row.user.language,
    blockedAt: row.user.blockedAt,
    claimsSealed: row.user.claimsSealed,
    customer: customerState(customer),
    externalId: customer?.externalId ?? null,
    customerId: customer?.customerId ?? null,
    walletId: customer?.walletId ?? null,
    rejectionCode: customer?.rejectionCode ?? null,
    review: customer?.review ? { state: customer.review, since: customer.reviewSince ?? customer.createdAt } : null,
    verificationStatus: customer?.verificationStatus ?? null,
    walletStatus: customer?.walletStatus ?? null,
    sessions: live?.sessions ?? 0,
    lastSeenAt: live?.lastSeenAt ?? null,
    authorisation,
    identities: await listIdentities({ db, keyring }, userId),
    details: row.details && { ...row.details, sentVersion: customer?.sentVersion ?? 0 },
  };
}

interface JoinedRow {
  user: typeof users.$inferSelect;
  customer: typeof customers.$inferSelect | null;
  authorisation: typeof authorisations.$inferSelect | null;
}

function toLine(keyring: Services['keyring'], { user, customer, authorisation }: JoinedRow): CustomerLine {
  return {
    userId: user.id,
    email: user.email ? readEmail(keyring, user) : null,
    state: customerState(readCustomer(keyring, customer)).state,
    blocked: user.blockedAt !== null,
    deleted: user.deletedAt !== null,
    createdAt: user.createdAt,
    pendingRevocations: Math.max(0, (authorisation?.epoch ?? 0) - (authorisation?.revokedEpoch ?? 0)),
  };
}
