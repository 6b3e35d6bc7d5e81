import 'server-only';
import { randomUUID } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { appendAudit, placeColumns } from '@/lib/audit/append';
import { IntegrityError } from '@/lib/crypto/bound-row';
import { type Keyring, SealError } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { customers, details, users } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import { notify } from '@/lib/notifications/notify';
import type { Services } from '@/lib/services';
import { openEmail } from '@/lib/users/email-columns';
import { associatedData } from './associated-data';
import { DETAIL_FIELDS, type DetailField, type Details, type FieldSources, type NumberField } from './detail-fields';
import { CONSENT_VERSION } from './details-schema';
import { type Actor, appendHistory, type DetailsVersion, readVersion, type VersionContent } from './history';
import { boundCustomers, type CustomerRow } from './row';
import { indexForSearch } from './search-index';
import { allVerified, readSources } from './sources';

/** The newest details with their consent, accepted or not. `version` counts saves. */
export interface StoredDetails {
  details: Details;
  /** Who verified which fields. */
  sources: FieldSources;
  version: number;
  consentVersion: string;
  consentedAt: Date;
  /** KunaCore has this version. */
  sent: boolean;
  /** The review of this version, when it is not accepted yet. */
  review: 'waiting' | 'returned' | null;
  /** When the person withdrew the consent; null while it is given. */
  withdrawnAt: Date | null;
}

/** Returns the decrypted details, or null. @throws SealError when they cannot be decrypted. */
export async function readDetails(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userId: string,
): Promise<StoredDetails | null> {
  const [found] = await db
    .select({
      row: details,
      sentVersion: customers.sentVersion,
      review: customers.review,
      withdrawnAt: customers.consentWithdrawnAt,
    })
    .from(details)
    .leftJoin(customers, eq(customers.userId, details.userId))
    .where(eq(details.userId, userId));
  if (!found) return null;
  const { row, sentVersion, review, withdrawnAt } = found;
  const opened = perField((field) => keyring.open(row[field], associatedData(userId, field)));
  const sources = openSources(keyring, userId, row.sourcesSealed);
  const { version, consentVersion, consentedAt } = row;
  const sent = (sentVersion ?? 0) >= version;
  return { details: opened, sources, version, consentVersion, consentedAt, sent, review, withdrawnAt };
}

/** Reports whether the person has agreed to today's wording, and has not withdrawn. */
export function hasAgreed(stored: Pick<StoredDetails, 'consentVersion' | 'withdrawnAt'> | null): boolean {
  return stored?.consentVersion === CONSENT_VERSION && stored.withdrawnAt === null;
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
 * Stores the details with the consent and the intent to create a KunaCore customer: both or neither. Details that need a
 * review wait for it; KunaCore keeps what it has until then. A customer whose details were rejected gets another attempt.
 * The consent is given once per wording, and stays until it is withdrawn.
 * @throws Error when the user has been deleted meanwhile, or has not agreed; DetailsMoved; the driver's error.
 */
export async function storeDetails(
  services: Services,
  userId: string,
  given: Details,
  { sources = {}, overruled = [], by = 'user', basedOn }: Origin = {},
): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    const within = { ...services, db: tx };
    const { email, at, isBlocked } = await lockUser(within, userId);
    const customer = await lockIntent(within, userId, isBlocked);
    if (basedOn !== undefined && customer.detailsVersion !== basedOn) throw new DetailsMoved();
    const previous = await readOrNull(within, userId, customer.detailsVersion);
    const agreed = previous && hasAgreed({ ...previous, withdrawnAt: customer.consentWithdrawnAt });
    if (by === 'system' && !agreed) throw new Error('The person has not agreed');
    const isVerified = allVerified(given, sources);
    if (agreed && isSame(previous.details, given) && !answersReview(customer, isVerified)) {
      await storeSources(within, userId, sources);
      if (customer.acceptedVersion === customer.detailsVersion) await makeDue(tx, userId);
      return;
    }
    const needsReview = services.kyc.reviewers > 0 && !isVerified && !(await isAccepted(within, customer, given));
    const reviewers = needsReview ? services.kyc.reviewers : 0;
    const actor = by === 'system' ? by : (`user:${userId}` as const);
    const version = await storeVersion(within, {
      ...{ userId, actor, at, reviewers },
      consent: { consentVersion: CONSENT_VERSION, consentedAt: agreed ? previous.consentedAt : at },
      content: { email, details: given, sources },
    });
    const review = reviewers > 0 ? ({ review: 'waiting', reviewSince: at } as const) : NO_REVIEW;
    // An agreement after a withdrawal covers these details: what was not sent before it never is.
    const acceptedVersion = sql`case when ${customers.consentWithdrawnAt} is null then ${customers.acceptedVersion} else least(${customers.acceptedVersion}, ${customers.sentVersion}) end`;
    await tx
      .update(customers)
      .set({ detailsVersion: version, acceptedVersion, consentWithdrawnAt: null, ...review })
      .where(eq(customers.userId, userId));
    if (reviewers === 0) await acceptVersion(tx, userId, version);
    await indexForSearch(tx, services.keyring, userId);
    if (customer.detailsVersion > 0) await notify(within, userId, 'details-changed', String(version));
    const facts = {
      object: 'details',
      version,
      consent: CONSENT_VERSION,
      overruled: overruled.join(' ') || undefined,
      verified: Object.keys(sources).join(' ') || undefined,
    };
    await appendAudit(tx, services.keyring, { event: 'sensitive_update', actor, subject: userId, facts });
  });
}

/** The columns of a customer whose newest details wait for no operator. */
export const NO_REVIEW = { review: null, reviewSince: null } as const;

type Within = Pick<Services, 'db' | 'keyring'>;

/** Locks the user until the details are stored: a deletion comes first, or waits and then removes them. */
async function lockUser({ db, keyring }: Within, userId: string) {
  const [user] = await db
    .select({ id: users.id, email: users.email, blockedAt: users.blockedAt, at: placeColumns.at })
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.deletedAt)))
    .for('share');
  if (!user) throw new Error('The user is gone');
  return { email: openEmail(keyring, user), at: user.at, isBlocked: user.blockedAt !== null };
}

/**
 * Stores the intent, or locks the one that exists: two saves of one person queue at this row. The wallet of a blocked person
 * is blocked once there is one.
 */
async function lockIntent({ db, keyring }: Within, userId: string, isBlocked: boolean): Promise<CustomerRow> {
  const intent = { userId, externalId: randomUUID(), customerId: null, walletId: null };
  const [customer] = await db
    .insert(customers)
    .values({
      ...intent,
      state: 'creating',
      walletBlock: isBlocked ? 'due' : null,
      mac: boundCustomers.mac(keyring, intent),
    })
    .onConflictDoUpdate({ target: customers.userId, set: { userId } })
    .returning();
  if (!customer) throw new Error('No customer');
  return customer;
}

/** Returns a version, or null when there is none or it cannot be used. */
async function readOrNull(within: Within, userId: string, version: number): Promise<DetailsVersion | null> {
  if (version === 0) return null;
  return readVersion(within, userId, version).catch((error: unknown) => {
    if (error instanceof SealError || error instanceof IntegrityError) return null;
    throw error;
  });
}

/**
 * A double click, or a renewed verification, is not a change that KunaCore must receive. The same details count as new ones
 * for an operator who returned them, and when a source has verified them before an operator accepted them.
 */
function answersReview({ review }: CustomerRow, isVerified: boolean): boolean {
  return review === 'returned' || (review === 'waiting' && isVerified);
}

/** Details that an operator has accepted already need no second review: a change was taken back. */
async function isAccepted(within: Within, { userId, acceptedVersion }: CustomerRow, typed: Details): Promise<boolean> {
  return isSame((await readOrNull(within, userId, acceptedVersion))?.details, typed);
}

function isSame(stored: Details | undefined, typed: Details): boolean {
  return stored !== undefined && DETAIL_FIELDS.every((field) => stored[field] === typed[field]);
}

interface NewVersion {
  userId: string;
  actor: Actor;
  at: Date;
  reviewers: number;
  consent: { consentVersion: string; consentedAt: Date };
  content: VersionContent;
}

/** Stores the details, and the version in the history. @returns its number. */
async function storeVersion(within: Within, { userId, actor, at, ...version }: NewVersion): Promise<number> {
  const { db, keyring } = within;
  const { consent, content, reviewers } = version;
  const sealed = perField((field) => keyring.seal(content.details[field], associatedData(userId, field)));
  const values = { ...sealed, ...consent, sourcesSealed: sealSources(keyring, userId, content.sources) };
  const [saved] = await db
    .insert(details)
    .values({ userId, ...values, version: 1, checkedAt: sql`now()` })
    .onConflictDoUpdate({
      target: details.userId,
      set: { ...values, version: sql`${details.version} + 1`, updatedAt: sql`now()` },
    })
    .returning({ version: details.version });
  const number = saved?.version ?? 0;
  const key = { userId, version: number, ...consent, reviewers };
  await appendHistory(within, key, { kind: 'stored', actor, at, content });
  return number;
}

async function storeSources({ db, keyring }: Within, userId: string, sources: FieldSources): Promise<void> {
  const sourcesSealed = sealSources(keyring, userId, sources);
  await db.update(details).set({ sourcesSealed }).where(eq(details.userId, userId));
}

function sealSources(keyring: Keyring, userId: string, sources: FieldSources): string {
  return keyring.seal(JSON.stringify(sources), sourcesData(userId));
}

/** Makes a version the one that KunaCore should hold. A customer that KunaCore rejected gets another attempt. */
export async function acceptVersion(tx: Database, userId: string, acceptedVersion: number): Promise<void> {
  await tx
    .update(customers)
    .set({ acceptedVersion, ...NO_REVIEW })
    .where(eq(customers.userId, userId));
  await makeDue(tx, userId);
}

async function makeDue(tx: Database, userId: string): Promise<void> {
  const state = sql`case when ${customers.state} = 'rejected' then 'creating' else ${customers.state} end`;
  await tx
    .update(customers)
    .set({ state, rejectionCode: null, attempts: 0, nextAttemptAt: sql`now()` })
    .where(eq(customers.userId, userId));
}

function perField(value: (field: DetailField) => string): Details {
  return Object.fromEntries(DETAIL_FIELDS.map((field) => [field, value(field)])) as Details;
}

/** @throws SealError when the row was changed: otherwise a verified field could become the person's own. */
function openSources(keyring: Keyring, userId: string, sealed: string | null): FieldSources {
  return sealed ? readSources(JSON.parse(keyring.open(sealed, sourcesData(userId)))) : {};
}

/** Returns the associated data of the fields' sources. */
export function sourcesData(userId: string): string {
  return `details.sources.${userId}`;
}
