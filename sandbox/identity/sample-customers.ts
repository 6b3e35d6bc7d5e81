/** The identity provider's claims about a person (OpenID Connect Core 5.1). */
export interface Claims {
  sub: string;
  name: string;
  given_name: string;
  family_name: string;
  email: string;
  email_verified: boolean;
  phone_number?: string;
  address?: { country: string; formatted: string };
  locale: string;
}

export interface SampleCustomer {
  claims: Claims;
  /** One line on the page about this person's special case. */
  note: string;
  /** The note's style on the page. */
  tone: 'good' | 'plain' | 'warn';
}

/** The invented people on the sign-in page, in its order. */
export const sampleCustomers: readonly SampleCustomer[] = [
  {
    note: 'Everything verified by the bank: nothing to type',
    tone: 'good',
    claims: {
      ...person('Olena', 'Kovalenko', 'uk'),
      phone_number: '+380671234567',
      address: { country: 'UA', formatted: '12 Khreshchatyk St, Kyiv 01001' },
    },
  },
  {
    note: 'The bank verified the name; document and address are missing',
    tone: 'plain',
    claims: person('Maksym', 'Bondar', 'uk'),
  },
  {
    note: 'Lives in Italy; the bank has verified nothing',
    tone: 'plain',
    claims: {
      ...person('Giulia', 'Rossi', 'it'),
      phone_number: '+390612345678',
      address: { country: 'IT', formatted: 'Via Roma 1, 00184 Roma' },
    },
  },
  {
    note: 'E-mail not verified: the portal must refuse',
    tone: 'warn',
    claims: { ...person('Taras', 'Shevchenko', 'uk'), email_verified: false },
  },
  {
    note: 'Operator of the institution: supervisor',
    tone: 'plain',
    claims: { ...person('Oksana', 'Melnyk', 'uk'), email: 'operator@example.com' },
  },
  {
    note: 'Operator: agent, helps customers',
    tone: 'plain',
    claims: { ...person('Ihor', 'Tkachenko', 'uk'), email: 'agent@example.com' },
  },
  {
    note: 'Operator: a second supervisor',
    tone: 'plain',
    claims: { ...person('Nadiia', 'Kravets', 'uk'), email: 'supervisor@example.com' },
  },
  {
    note: 'Operator: auditor, reads only',
    tone: 'plain',
    claims: { ...person('Petro', 'Lysenko', 'uk'), email: 'auditor@example.com' },
  },
];

const claimsBySub = new Map(sampleCustomers.map(({ claims }) => [claims.sub, claims]));

/**
 * Returns the claims of a person on the page or of a generated customer for tests (`sample-1` to `sample-9999`), or
 * undefined for an unknown subject.
 */
export function findClaims(sub: string): Claims | undefined {
  return claimsBySub.get(sub) ?? generatedClaims(sub);
}

function generatedClaims(sub: string): Claims | undefined {
  const digits = /^sample-([1-9]\d{0,3})$/.exec(sub)?.[1];
  if (!digits) return undefined;
  return {
    ...person('Customer', `Number${digits}`, 'uk'),
    sub,
    email: `customer${digits}@example.com`,
    phone_number: `+38050${digits.padStart(7, '0')}`,
    address: { country: 'UA', formatted: `${digits} Sample St, Kyiv 01001` },
  };
}

function person(given: string, family: string, locale: string): Claims {
  return {
    sub: `${given}-${family}`.toLowerCase(),
    name: `${given} ${family}`,
    given_name: given,
    family_name: family,
    email: `${given}.${family}@example.com`.toLowerCase(),
    email_verified: true,
    locale,
  };
}
