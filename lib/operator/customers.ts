import 'server-only';
import { eq } from 'drizzle-orm';
import { readCustomer } from '@/lib/customers/row';
import { type CustomerState, customerState } from '@/lib/customers/state';
import { authorisations, customers, details, users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { type Device, listDevices } from '@/lib/sessions/devices';
import { readEmail } from '@/lib/users/email-columns';
import { type Identity, listIdentities } from '@/lib/users/identities';

/** The state of one person. */
interface CustomerLine {
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

/** A signed-in browser, without the id that names its session. */
export type SeenDevice = Pick<Device, 'browser' | 'system' | 'kind' | 'signedInAt' | 'lastSeenAt'>;

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
  /** Where the person is signed in. */
  devices: SeenDevice[];
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

/** Returns the data of one person, or null. @throws the driver's error. */
export async function readCustomerFile(
  services: Pick<Services, 'db' | 'keyring' | 'limits'>,
  userId: string,
): Promise<CustomerFile | null> {
  const { db, keyring } = services;
  const [row] = await db
    .select({ user: users, customer: customers, authorisation: authorisations, details: consentColumns })
    .from(users)
    .leftJoin(customers, eq(customers.userId, users.id))
    .leftJoin(authorisations, eq(authorisations.userId, users.id))
    .leftJoin(details, eq(details.userId, users.id))
    .where(eq(users.id, userId));
  if (!row) return null;
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
    devices: (await listDevices(services, userId)).map(({ browser, system, kind, signedInAt, lastSeenAt }) => ({
      ...{ browser, system, kind, signedInAt, lastSeenAt },
    })),
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
