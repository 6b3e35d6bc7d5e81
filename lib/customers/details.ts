import 'server-only';
import { randomUUID } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { appendAudit } from '@/lib/audit/append';
import { SealError } from '@/lib/crypto/keyring';
import { customers, details, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { DETAIL_FIELDS, type DetailField, type Details, type NumberField } from './detail-fields';
import { CONSENT_VERSION } from './details-schema';
import { boundCustomers } from './row';

/** Details with what is on appendAudit about them. `version` counts saves. */
export interface StoredDetails {
  details: Details;
  version: number;
  consentVersion: string;
  consentedAt: Date;
}

/** The stored details, opened, or null. @throws SealError when they can no longer be opened. */
export async function readDetails(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userId: string,
): Promise<StoredDetails | null> {
  const [row] = await db.select().from(details).where(eq(details.userId, userId));
  if (!row) return null;
  const opened = perField((field) => keyring.open(row[field], place(userId, field)));
  const { version, consentVersion, consentedAt } = row;
  return { details: opened, version, consentVersion, consentedAt };
}

/** The same for a page: details that can no longer be opened are asked for again. @throws the driver's error. */
export async function readableDetails(services: Services, userId: string): Promise<StoredDetails | null> {
  try {
    return await readDetails(services, userId);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    services.log.error({ event: 'details_cannot_be_opened', userId });
    return null;
  }
}

/** Has KunaCore got this version of the details? @throws the driver's error. */
export async function reachedKuna({ db }: Pick<Services, 'db'>, userId: string, version: number): Promise<boolean> {
  const [row] = await db.select({ sent: customers.sentVersion }).from(customers).where(eq(customers.userId, userId));
  return (row?.sent ?? 0) >= version;
}

/**
 * Stores the details with the consent, and with them the intent to have a KunaCore customer: both or neither.
 * A customer whose details had been rejected gets another chance.
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
    // Held until the details are in: a deletion waits for them and removes them, or has come first.
    const [user] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userId), isNull(users.deletedAt)))
      .for('share');
    if (!user) throw new Error('The user is gone');
    // So that two saves of one person queue at this row.
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
    // A second click must not count as a change that KunaCore has to be told.
    if (unchanged && stored.consentVersion === CONSENT_VERSION) return;
    const sealed = perField((field) => services.keyring.seal(typed[field], place(userId, field)));
    const consent = { consentVersion: CONSENT_VERSION, consentedAt: sql`now()` };
    const [saved] = await tx
      .insert(details)
      .values({ userId, ...sealed, ...consent, version: 1 })
      .onConflictDoUpdate({
        target: details.userId,
        set: { ...sealed, ...consent, version: sql`${details.version} + 1`, updatedAt: sql`now()` },
      })
      .returning({ version: details.version });
    const facts = {
      object: 'details',
      version: saved?.version ?? 0,
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

/** Where a field is sealed (lib/crypto/keyring.ts). */
export function place(userId: string, field: DetailField): string {
  return `details.${field}.${userId}`;
}
