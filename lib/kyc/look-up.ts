import 'server-only';
import { createHash } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import { SealError } from '@/lib/crypto/keyring';
import {
  DETAIL_FIELDS,
  type DetailField,
  type Details,
  type FieldSources,
  REQUIRED_FIELDS,
} from '@/lib/customers/detail-fields';
import { readableDetails, type StoredDetails } from '@/lib/customers/details';
import { openClaims, usableClaims } from '@/lib/customers/prefill';
import { users } from '@/lib/db/schema';
import { countTry } from '@/lib/rate-limits/count';
import type { Services } from '@/lib/services';
import { openEmail } from '@/lib/users/email-columns';
import { listIdentities } from '@/lib/users/identities';
import type { Finding, KycFields, KycSource, KycUser } from './source';

/** What is known about a person before they type. */
export interface Known {
  stored: StoredDetails | null;
  /**
   * `stored`: the details were handed over before; the source is asked again in the background (recheck.ts).
   * `too-many`: the person has made the portal ask too often.
   */
  state: 'stored' | Finding['state'] | 'too-many';
  /** Verified values, and who verified them. The person cannot change them. */
  verified: Partial<Details>;
  sources: FieldSources;
  /** Values that fill in the form. */
  prefill: Partial<Details>;
}

/**
 * Returns what is known: the stored details, otherwise what the source says now. Counts the questions, so that a person
 * who keeps reloading does not load the institution's service.
 * @throws the driver's error.
 */
export async function lookUp(services: Services, source: KycSource, userId: string): Promise<Known> {
  const stored = await readableDetails(services, userId);
  if (stored) {
    const { details, sources } = stored;
    const verified = pick(details, (field) => sources[field] !== undefined);
    return { stored, state: 'stored', verified, sources, prefill: pick(details, (field) => !sources[field]) };
  }
  if (!(await countTry(services, 'kyc-account', userId)).allowed)
    return { stored: null, state: 'too-many', verified: {}, sources: {}, prefill: {} };
  const user = await readKycUser(services, userId);
  const finding: Finding = user ? await source.find(user) : { state: 'unavailable' };
  const fields = 'fields' in finding ? finding.fields : {};
  const offered = pick(valuesOf(fields), (field) => !fields[field]?.verified);
  const prefill = { ...(user && usableClaims(user.claims)), ...offered };
  return { stored: null, state: finding.state, ...verifiedOf(fields), prefill };
}

/** Returns the verified ones of a source's fields. */
export function verifiedOf(fields: KycFields): Pick<Known, 'verified' | 'sources'> {
  const names = DETAIL_FIELDS.filter((field) => fields[field]?.verified);
  const sources = names.map((field) => [field, { from: fields[field]?.from, verifiedAt: fields[field]?.verifiedAt }]);
  const verified = pick(valuesOf(fields), (field) => names.includes(field));
  return { verified, sources: Object.fromEntries(sources) as FieldSources };
}

/**
 * Returns the fields that the form does not ask for: verified ones, and what is optional once everything that KunaCore
 * requires is verified. Details that an operator returned are asked for again.
 */
export function settledFields({ verified, stored }: Known): Partial<Details> {
  const isReturned = stored?.review === 'returned';
  const isComplete = !isReturned && REQUIRED_FIELDS.every((field) => verified[field] !== undefined);
  return isComplete
    ? { phoneNumber: stored?.details.phoneNumber ?? '', taxNumber: stored?.details.taxNumber ?? '', ...verified }
    : verified;
}

/** Returns a digest of what the page shows as verified, so that the person agrees to values that they have seen. Empty for nothing. */
export function shownDigest({ verified, sources }: Known): string {
  if (Object.keys(verified).length === 0) return '';
  const shown = DETAIL_FIELDS.map((field) => [field, verified[field], sources[field]]);
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 22);
}

/**
 * Returns the person as sources know them, or null when they are gone or cannot be read.
 * @throws the driver's error.
 */
export async function readKycUser(services: Services, userId: string): Promise<KycUser | null> {
  const { db, keyring } = services;
  const [row] = await db
    .select({ id: users.id, email: users.email, claimsSealed: users.claimsSealed })
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.deletedAt)));
  if (!row) return null;
  try {
    const identity = (await listIdentities(services, userId)).find(({ provider }) => provider === 'oidc');
    // Without its subject, the address would decide alone whose record it is.
    if (identity && identity.subject === null) return null;
    const claims = openClaims(services, userId, row.claimsSealed);
    return { subject: identity?.subject ?? null, email: openEmail(keyring, row), claims };
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

function valuesOf(fields: KycFields): Partial<Details> {
  return Object.fromEntries(DETAIL_FIELDS.flatMap((field) => (fields[field] ? [[field, fields[field].value]] : [])));
}

function pick(values: Partial<Details>, isWanted: (field: DetailField) => boolean): Partial<Details> {
  const wanted = DETAIL_FIELDS.filter((field) => values[field] !== undefined && isWanted(field));
  return Object.fromEntries(wanted.map((field) => [field, values[field]]));
}
