import 'server-only';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { appendAudit } from '@/lib/audit/append';
import { type Keyring, SealError } from '@/lib/crypto/keyring';
import { customers, details, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { DETAIL_FIELDS, type DetailField, type Details, type FieldSources, type NumberField } from './detail-fields';
import { CONSENT_VERSION } from './details-schema';
import { boundCustomers } from './row';

/** Stored details with their consent. `version` counts saves. */
export interface StoredDetails {
  details: Details;
  /** Who verified which fields. */
  sources: FieldSources;
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
  const sources = openSources(keyring, userId, row.sourcesSealed);
  const { version, consentVersion, consentedAt } = row;
  return { details: opened, sources, version, consentVersion, consentedAt, sent: (sentVersion ?? 0) >= version };
}

/** Reports whether the person has agreed to today's wording. */
export function hasAgreed(stored: Pick<StoredDetails, 'consentVersion'> | null): boolean {
  return stored?.consentVersion === CONSENT_VERSION;
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

/** How details came about. */
export interface Origin {
  /** The verified fields. The others are the person's own. */
  sources?: FieldSources;
  /** Fields whose number the person confirmed although it does not fit its country. */
  overruled?: NumberField[];
  /** `user`: the person saves, and agrees unless they already have. `system`: the source changed a field. */
  by?: 'user' | 'system';
  /** The version that the change was made from. */
  basedOn?: number;
}

/** The stored details are no longer those that the change was made from. */
export class DetailsMoved extends Error {
  override readonly name = 'DetailsMoved';
}

/**
 * Stores the details with the consent and the intent to create a KunaCore customer: both or neither. A customer whose
 * details were rejected gets another attempt. The consent is given once per wording, and stays.
 * @throws Error when the user has been deleted meanwhile, or has not agreed; DetailsMoved; the driver's error.
 */
export async function storeDetails(
  services: Services,
  userId: string,
  given: Details,
  { sources = {}, overruled = [], by = 'user', basedOn }: Origin = {},
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
    if (basedOn !== undefined && stored?.version !== basedOn) throw new DetailsMoved();
    const agreed = hasAgreed(stored);
    if (by === 'system' && !agreed) throw new Error('The person has not agreed');
    const sourcesSealed = services.keyring.seal(JSON.stringify(sources), sourcesData(userId));
    const unchanged = stored && DETAIL_FIELDS.every((field) => stored.details[field] === given[field]);
    // A double click, or a renewed verification, is not a change that KunaCore must receive.
    if (unchanged && agreed) {
      if (!isDeepStrictEqual(stored.sources, sources))
        await tx.update(details).set({ sourcesSealed }).where(eq(details.userId, userId));
      return;
    }
    const sealed = perField((field) => services.keyring.seal(given[field], associatedData(userId, field)));
    const consent = {
      consentVersion: CONSENT_VERSION,
      consentedAt: stored && agreed ? stored.consentedAt : sql`now()`,
    };
    const values = { ...sealed, ...consent, sourcesSealed };
    const [saved] = await tx
      .insert(details)
      .values({ userId, ...values, version: 1, checkedAt: sql`now()` })
      .onConflictDoUpdate({
        target: details.userId,
        set: { ...values, version: sql`${details.version} + 1`, updatedAt: sql`now()` },
      })
      .returning({ version: details.version });
    const version = saved?.version ?? 0;
    await tx.update(customers).set({ detailsVersion: version }).where(eq(customers.userId, userId));
    const facts = {
      object: 'details',
      version,
      consent: CONSENT_VERSION,
      overruled: overruled.join(' ') || undefined,
      verified: Object.keys(sources).join(' ') || undefined,
    };
    const actor = by === 'system' ? by : (`user:${userId}` as const);
    await appendAudit(tx, services.keyring, { event: 'sensitive_update', actor, subject: userId, facts });
  });
}

function perField(value: (field: DetailField) => string): Details {
  return Object.fromEntries(DETAIL_FIELDS.map((field) => [field, value(field)])) as Details;
}

const fieldSources = z.partialRecord(
  z.enum(DETAIL_FIELDS),
  z.object({ from: z.string(), verifiedAt: z.coerce.date().nullable() }),
);

/** @throws SealError when the row was changed: otherwise a verified field could become the person's own. */
function openSources(keyring: Keyring, userId: string, sealed: string | null): FieldSources {
  return sealed ? fieldSources.parse(JSON.parse(keyring.open(sealed, sourcesData(userId)))) : {};
}

/** Returns the associated data of the fields' sources. */
export function sourcesData(userId: string): string {
  return `details.sources.${userId}`;
}

/** Returns the associated data of a field (lib/crypto/keyring.ts). */
export function associatedData(userId: string, field: DetailField): string {
  return `details.${field}.${userId}`;
}
