import { z } from 'zod';
import { readPersonClaims } from '@/lib/customers/person-claims';
import type { VerifiedSet } from '@/lib/customers/prefill';

/** More sets, or more evidence, than a provider has reason to send. */
const MOST = 20;

const text = z.string().trim().min(1).max(200);
/** A time with its offset, as in `verification.time` (OpenID Identity Assurance Schema Definition 5.4.2). */
const time = z.iso.datetime({ offset: true }).nullish().catch(null);

/** Evidence of type `document`; `document.number` in drafts of 2019 to 2021. */
const evidence = z.object({
  document_details: z.object({ document_number: text }).optional().catch(undefined),
  document: z.object({ number: text }).optional().catch(undefined),
});

const verifiedClaims = z.object({
  verification: z.object({
    trust_framework: text,
    time,
    evidence: z.array(evidence.catch({})).max(MOST).nullish().catch(null),
  }),
  claims: z.record(z.string(), z.unknown()),
});

/** The claims that `readPersonClaims` reads. */
const REQUESTED = { given_name: null, family_name: null, phone_number: null, address: null };
const VERIFICATION = { trust_framework: null, time: null };
/** A type of evidence is a filter (Identity Assurance, "Requesting verification data"). */
const DOCUMENT = { type: { value: 'document' }, document_details: { document_number: null } };

/** The provider's metadata about identity assurance. Drops what is malformed. */
const metadata = z.object({
  verified_claims_supported: z.boolean().catch(false),
  evidence_supported: z.array(z.string()).catch([]),
  userinfo_endpoint: z.string().optional(),
});

/**
 * Returns the `claims` parameter that requests `verified_claims` (OpenID Connect Core 5.5, OpenID Connect for Identity
 * Assurance), or null where the provider does not announce them: others may refuse the request. People who were not
 * verified by a document have no set with one, so the second request is without evidence.
 */
export function verifiedClaimsRequest(provider: object): string | null {
  const known = metadata.parse(provider);
  if (!known.verified_claims_supported) return null;
  const plain = { verification: VERIFICATION, claims: REQUESTED };
  const withDocument = { verification: { ...VERIFICATION, evidence: [DOCUMENT] }, claims: REQUESTED };
  const requests = known.evidence_supported.includes('document') ? [withDocument, plain] : plain;
  return JSON.stringify({ [known.userinfo_endpoint ? 'userinfo' : 'id_token']: { verified_claims: requests } });
}

/**
 * Reads `verified_claims` of an ID token or a userinfo (OpenID Connect for Identity Assurance): one object, or an array
 * of them. Drops malformed ones, those without a trust framework, and those of the future.
 */
export function readVerifiedClaims(response: object): VerifiedSet[] {
  const given = (response as { verified_claims?: unknown }).verified_claims;
  const sets = Array.isArray(given) ? given.slice(0, MOST) : [given];
  return sets.flatMap((set) => {
    const { data } = verifiedClaims.safeParse(set);
    return data && !isFuture(data.verification.time) ? [toSet(data)] : [];
  });
}

function toSet({ verification, claims }: z.output<typeof verifiedClaims>): VerifiedSet {
  const numbers = verification.evidence?.map((one) => one.document_details?.document_number ?? one.document?.number);
  const documentNumber = numbers?.find((number) => number !== undefined);
  const { trust_framework: framework, time: at = null } = verification;
  return { framework, at, fields: { ...readPersonClaims(claims), ...(documentNumber && { documentNumber }) } };
}

const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Reports whether a time is in the future, so that nothing can have been verified at it. */
export function isFuture(time: string | null | undefined): boolean {
  return Date.parse(time ?? '') > Date.now() + CLOCK_TOLERANCE_MS;
}
