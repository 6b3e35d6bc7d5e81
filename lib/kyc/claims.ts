import 'server-only';
import { DETAIL_FIELDS, type Details } from '@/lib/customers/detail-fields';
import { usableClaims } from '@/lib/customers/prefill';
import { findingOf, type KycFields, type KycSource } from './source';
import { usableValues } from './usable';

interface Settings {
  /** The provider's name, as the person reads it. */
  provider: string;
  /** The institution says that all claims of its provider are verified. */
  trustsAll: boolean;
}

/**
 * The claims of the identity provider, from the last sign-in. Plain ones fill in the form; `verified_claims` count as
 * verified (decision 047).
 */
export function claimsSource({ provider, trustsAll }: Settings): KycSource {
  return {
    name: 'claims',
    async find({ claims }) {
      const plain = trustsAll ? usableValues(usableClaims(claims)).values : usableClaims(claims);
      const found = toFields(plain, { from: provider, verifiedAt: null, verified: trustsAll });
      // The newest verification of a field counts.
      const sets = [...(claims.verified ?? [])].sort((a, b) => timeOf(a.at) - timeOf(b.at));
      for (const { framework, at, fields } of sets) {
        const from = `${provider} (${framework})`;
        const verifiedAt = at === null ? null : new Date(at);
        Object.assign(found, toFields(usableValues(usableClaims(fields)).values, { from, verifiedAt, verified: true }));
      }
      return findingOf(found);
    },
  };
}

function toFields(values: Partial<Details>, source: { from: string; verifiedAt: Date | null; verified: boolean }) {
  const given = DETAIL_FIELDS.flatMap((field) => (values[field] ? [[field, { value: values[field], ...source }]] : []));
  return Object.fromEntries(given) as KycFields;
}

function timeOf(at: string | null): number {
  return at === null ? 0 : Date.parse(at);
}
