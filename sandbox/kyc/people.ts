import type { Claims } from '../identity/sample-customers';

/** A field as the institution's service sends it. Without `verifiedAt` the institution does not vouch for it. */
export interface KycField {
  value: string;
  verifiedAt?: string;
}

/** A record of the institution's identity check. */
export interface KycRecord {
  subject: string;
  fields: Record<string, KycField>;
}

const VERIFIED_AT = '2026-03-02T09:30:00Z';

const NAMED: KycRecord[] = [
  record('olena-kovalenko', {
    firstName: 'Olena',
    lastName: 'Kovalenko',
    country: 'UA',
    phoneNumber: '+380671234567',
    documentNumber: 'FE123456',
    residenceAddress: '12 Khreshchatyk St, Kyiv 01001',
  }),
  record('maksym-bondar', { firstName: 'Maksym', lastName: 'Bondar', country: 'UA' }),
];

/** Customers of the load tests whom the institution has verified, completely or in part. It knows no others. */
const COMPLETE = { first: 1801, last: 1820 };
const PARTIAL = { first: 1821, last: 1840 };

/** Returns the institution's records by subject, as they are at the start. */
export function firstRecords(): Map<string, KycRecord> {
  const complete = numbers(COMPLETE).map((number) =>
    record(`sample-${number}`, {
      firstName: 'Customer',
      lastName: `Number${number}`,
      country: 'UA',
      documentNumber: `FE${String(number).padStart(6, '0')}`,
      residenceAddress: `${number} Sample St, Kyiv 01001`,
    }),
  );
  const partial = numbers(PARTIAL).map((number) =>
    record(`sample-${number}`, { firstName: 'Customer', lastName: `Number${number}`, country: 'UA' }),
  );
  return new Map([...NAMED, ...complete, ...partial].map((one) => [one.subject, structuredClone(one)]));
}

/** Returns a complete record of a person of whom the institution has none at the start. */
export function recordOf({ sub, given_name, family_name, phone_number, address }: Claims): KycRecord {
  return record(sub, {
    firstName: given_name,
    lastName: family_name,
    country: address?.country ?? 'UA',
    documentNumber: 'FE654321',
    residenceAddress: address?.formatted ?? '1 Sample St, Kyiv 01001',
    ...(phone_number && { phoneNumber: phone_number }),
  });
}

function numbers({ first, last }: { first: number; last: number }): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function record(subject: string, values: Record<string, string>): KycRecord {
  const fields = Object.entries(values).map(([name, value]) => [name, { value, verifiedAt: VERIFIED_AT }]);
  return { subject, fields: Object.fromEntries(fields) };
}
