import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openClaims, savePrefill } from '@/lib/customers/prefill';
import { users } from '@/lib/db/schema';
import { toPrefill } from '@/lib/sign-in/oidc-claims';
import { fuzzRuns } from '@/tests/fuzz';
import { addUser, useLonePortal } from '@/tests/portal';
import { claimsSource } from './claims';
import type { Finding } from './source';
import { readVerifiedClaims, verifiedClaimsRequest } from './verified-claims';

const portal = useLonePortal();

const VERIFIED = {
  verification: { trust_framework: 'eidas', time: '2026-03-02T09:30:00+02:00' },
  claims: { given_name: 'Olena', family_name: 'Kovalenko', address: { country: 'UA', formatted: '1 Khreshchatyk' } },
};
const DOCUMENT = { type: 'document', document_details: { type: 'passport', document_number: 'FE123456' } };

/** Returns what the source finds for claims of the ID token and the userinfo. */
function find(fromToken: object, fromEndpoint: object = {}, trustsAll = false): Promise<Finding> {
  const source = claimsSource({ provider: 'Bank ID', trustsAll });
  return source.find({ subject: 's', email: 'olena@example.com', claims: toPrefill(fromToken, fromEndpoint) });
}

test('plain claims fill in the form, and are never verified [T42]', async () => {
  const found = await find({ given_name: 'Olena', address: { country: 'ukr' } });
  expect(found).toEqual({
    state: 'partial',
    fields: {
      firstName: { value: 'Olena', from: 'Bank ID', verified: false, verifiedAt: null },
      country: { value: 'UA', from: 'Bank ID', verified: false, verifiedAt: null },
    },
  });
});

test('plain claims are verified where the institution says so', async () => {
  const found = await find({ given_name: 'Olena' }, {}, true);
  expect(found).toMatchObject({ state: 'partial', fields: { firstName: { verified: true, verifiedAt: null } } });
});

test.each([
  ['one object', VERIFIED],
  ['an array', [VERIFIED]],
])('reads verified_claims as %s, with framework and time', async (_shape, verified_claims) => {
  for (const [token, endpoint] of [
    [{ verified_claims }, {}],
    [{}, { verified_claims }],
  ] as const) {
    const found = await find({ given_name: 'Lena', ...token }, endpoint);
    const source = { verified: true, from: 'Bank ID (eidas)', verifiedAt: new Date('2026-03-02T07:30:00Z') };
    expect(found).toMatchObject({ state: 'partial', fields: { firstName: { value: 'Olena', ...source } } });
  }
});

test('the number of a document is verified, too, so that nothing is missing', async () => {
  const verification = { ...VERIFIED.verification, evidence: [{ type: 'vouch' }, DOCUMENT] };
  const found = await find({ verified_claims: { ...VERIFIED, verification } });
  expect(found).toMatchObject({ state: 'verified', fields: { documentNumber: { value: 'FE123456', verified: true } } });
  const older = { ...VERIFIED.verification, evidence: [{ type: 'id_document', document: { number: 'FE654321' } }] };
  expect(await find({ verified_claims: { ...VERIFIED, verification: older } })).toMatchObject({
    fields: { documentNumber: { value: 'FE654321' } },
  });
});

test('the newest verification of a field counts, whatever the order', async () => {
  const newer = {
    verification: { trust_framework: 'de_aml', time: '2026-05-01T00:00:00Z' },
    claims: { given_name: 'Lena' },
  };
  for (const verified_claims of [
    [VERIFIED, newer],
    [newer, VERIFIED],
  ])
    expect(await find({ verified_claims })).toMatchObject({
      fields: { firstName: { value: 'Lena', from: 'Bank ID (de_aml)' }, lastName: { value: 'Kovalenko' } },
    });
});

test.each([
  ['without a trust framework', { ...VERIFIED, verification: { time: VERIFIED.verification.time } }],
  ['without a verification', { claims: VERIFIED.claims }],
  ['of the future', { ...VERIFIED, verification: { trust_framework: 'eidas', time: '2999-01-01T00:00:00Z' } }],
  ['without claims', { verification: VERIFIED.verification }],
  ['as text', JSON.stringify(VERIFIED)],
  ['null', null],
])('verified_claims %s verify nothing [T42]', async (_what, verified_claims) => {
  expect(await find({ verified_claims })).toEqual({ state: 'none' });
});

test('whatever a provider sends is read without an error, and verifies nothing that has no trust framework', () => {
  const anything = fc.anything();
  const set = fc.record({
    verification: fc.oneof(anything, fc.record({ time: anything, evidence: anything })),
    claims: anything,
  });
  fc.assert(
    fc.property(fc.oneof(anything, set, fc.array(set)), (verified_claims) => {
      const found = readVerifiedClaims({ verified_claims });
      expect(found.every(({ framework }) => framework.length > 0)).toBe(true);
    }),
    fuzzRuns(),
  );
});

test('verified claims survive being stored', async () => {
  const { id } = await addUser(portal.services);
  const claims = toPrefill({ given_name: 'Olena', verified_claims: VERIFIED }, {});
  await savePrefill(portal.services, id, claims);
  const [row] = await portal.services.db.select().from(users);
  expect(openClaims(portal.services, id, row?.claimsSealed ?? null)).toEqual(claims);
});

const CLAIMS = { given_name: null, family_name: null, phone_number: null, address: null };
const PLAIN = { verification: { trust_framework: null, time: null }, claims: CLAIMS };

test.each([
  ['no word of verified claims', {}, null],
  ['verified_claims_supported: "yes"', { verified_claims_supported: 'yes' }, null],
  ['no userinfo endpoint', { verified_claims_supported: true }, { id_token: { verified_claims: PLAIN } }],
  [
    'other evidence than documents',
    { verified_claims_supported: true, evidence_supported: ['vouch'], userinfo_endpoint: 'https://id.bank.example/me' },
    { userinfo: { verified_claims: PLAIN } },
  ],
])('requests verified claims as the metadata allows: %s', (_name, metadata, expected) => {
  expect(JSON.parse(verifiedClaimsRequest(metadata) ?? 'null')).toEqual(expected);
});
