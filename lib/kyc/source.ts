import { type DetailField, type FieldSource, REQUIRED_FIELDS } from '@/lib/customers/detail-fields';
import type { Prefill } from '@/lib/customers/prefill';

// Where the institution's identity check comes from. docs/kyc.md shows how to add a source.

/** The person that a source is asked about. */
export interface KycUser {
  /** The person's id at the identity provider (`sub`); null for people who only ever came by a sign-in link. */
  subject: string | null;
  /** Canonical and verified, by the provider or by a link. */
  email: string;
  /** What the identity provider said at the last sign-in. */
  claims: Prefill;
}

/** A field of the details, as a source gives it. */
export interface KycField extends FieldSource {
  value: string;
  /** The institution vouches for the value, so that the person cannot change it. Otherwise it fills in the form. */
  verified: boolean;
}

export type KycFields = Partial<Record<DetailField, KycField>>;

/** What a source knows about a person. */
export type Finding =
  /** Everything that KunaCore requires, verified: the person types nothing. */
  | { state: 'verified'; fields: KycFields }
  /** Some fields, or unverified ones: the person types the rest. */
  | { state: 'partial'; fields: KycFields }
  /** The source does not know the person, who types everything. */
  | { state: 'none' }
  /** The source did not answer, or not as agreed. Nothing is typed in its place: the person tries again later. */
  | { state: 'unavailable' };

/** A place that the institution's identity check comes from. */
export interface KycSource {
  /** The value of KYC_SOURCE that chooses it. */
  readonly name: string;
  /** Never throws: a source that fails is `unavailable`. */
  find(user: KycUser): Promise<Finding>;
}

/** Returns the finding for these fields. */
export function findingOf(fields: KycFields): Finding {
  if (Object.keys(fields).length === 0) return { state: 'none' };
  return { state: REQUIRED_FIELDS.every((field) => fields[field]?.verified) ? 'verified' : 'partial', fields };
}
