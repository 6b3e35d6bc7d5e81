import 'server-only';
import { randomUUID } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import { SealError } from '@/lib/crypto/keyring';
import { customers, details, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { associatedData } from './associated-data';
import { DETAIL_FIELDS, type DetailField, type Details, type NumberField } from './detail-fields';
import { CONSENT_VERSION } from './details-schema';
import { boundCustomers } from './row';
import { indexForSearch } from './search-index';

/** Stored details with their consent. `version` counts saves. */
export interface StoredDetails {
  details: Details;
  version: number;
  consentVersion: string;
  consentedAt: Date;
  /** KunaCore has this version. */
  sent: boolean;
}

/** Returns the decrypted details, or null. @throws SealError when they cannot be decrypted. */
export async function readDetails(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userId: string,
): Promise<StoredDetails | null> {
  const [found] = await db
    .select({ row: details, sentVersion: customers.sentVersion })
    .from(details)
    .leftJoin(customers, eq(customers.userId, details.userId))
    .where(eq(details.userId, userId));
  if (!found) return null;
  const { row, sentVersion } = found;
  const opened = perField((field) => keyring.open(row[field], associatedData(userId, field)));
  const { version, consentVersion, consentedAt } = row;
  return { details: opened, version, consentVersion, consentedAt, sent: (sentVersion ?? 0) >= version };
}

/** Does the same for a page, which asks for details again when they cannot be decrypted. @throws the driver's error. */
export async function readableDetails(services: Services, userId: string): Promise<StoredDetails | null> {
  try {
    return await readDetails(services, userId);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    services.log.error({ event: 'details_cannot_be_opened', userId });
    return null;
  }
}

/**
 * Stores the details with the consent and the intent to create a KunaCore customer: both or neither. A customer whose
 * details were rejected gets another attempt.
 * @param overruled fields whose number the person confirmed although it does not fit its country.
 * @throws Error when the user has been deleted meanwhile; the driver's error.
 */
export async function storeDetails(
  services: Services,
  userId: string,
  typed: Details,
  overruled: NumberField[] = [],
): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    // Locked until the details are stored: a deletion comes first, or waits and then removes them.
    const [user] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userId), isNull(users.deletedAt)))
      .for('share');
    if (!user) throw new Error('The user is gone');
    // Two saves of one person queue at this row.
    const intent = { userId, externalId: randomUUID(), customerId: null, walletId: null };
    await tx
      .insert(customers)
      .values({ ...intent, state: 'creating', mac: boundCustomers.mac(services.keyring, intent) })
      .onConflictDoUpdate({
        target: customers.userId,
        set: {
          state: sql`case when ${customers.state} = 'rejected' then 'creating' else ${customers.state} end`,
          rejectionCode: null,
          attempts: 0,
          nextAttemptAt: sql`now()`,
        },
      });
    const stored = await readDetails({ ...services, db: tx }, userId).catch(() => null);
    const unchanged = stored && DETAIL_FIELDS.every((field) => stored.details[field] === typed[field]);
    // A double click is not a change that KunaCore must receive.
    if (unchanged && stored.consentVersion === CONSENT_VERSION) return;
    const sealed = perField((field) => services.keyring.seal(typed[field], associatedData(userId, field)));
    const consent = { consentVersion: CONSENT_VERSION, consentedAt: sql`now()` };
    const [saved] = await tx
      .insert(details)
      .values({ userId, ...sealed, ...consent, version: 1 })
      .onConflictDoUpdate({
        target: details.userId,
        set: { ...sealed, ...consent, version: sql`${details.version} + 1`, updatedAt: sql`now()` },
      })
      .returning({ version: details.version });
    const version = saved?.version ?? 0;
    await tx.update(customers).set({ detailsVersion: version }).where(eq(customers.userId, userId));
    await indexForSearch(tx, services.keyring, userId);
    const facts = {
      object: 'details',
      version,
      consent: CONSENT_VERSION,
      overruled: overruled.join(' ') || undefined,
    };
    const actor = `user:${userId}` as const;
    await appendAudit(tx, services.keyring, { event: 'sensitive_update', actor, subject: userId, facts });
  });
}

function perField(value: (field: DetailField) => string): Details {
  return Object.fromEntries(DETAIL_FIELDS.map((field) => [field, value(field)])) as Details;
}
