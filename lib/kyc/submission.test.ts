import { beforeEach, expect, test } from 'vitest';
import { readDetails, storeDetails } from '@/lib/customers/details';
import { savePrefill } from '@/lib/customers/prefill';
import { RATE_LIMITS } from '@/lib/rate-limits/limits';
import { linkIdentity } from '@/lib/users/identities';
import { addUser, DETAILS, type TestUser, useLonePortal } from '@/tests/portal';
import { lookUp, readKycUser, settledFields, shownDigest } from './look-up';
import { type Finding, findingOf, type KycFields, type KycSource } from './source';
import { readSubmission } from './submission';

const portal = useLonePortal();
let user: TestUser;
beforeEach(async () => {
  user = await addUser(portal.services);
});

const VERIFIED_AT = new Date('2026-03-02T09:30:00Z');
const { phoneNumber: _phone, taxNumber: _tax, ...required } = DETAILS;

function fieldsOf(values: Partial<typeof DETAILS>, verified = true): KycFields {
  const source = { from: 'The Bank', verified, verifiedAt: verified ? VERIFIED_AT : null };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, ...source }]));
}
function sourceOf(finding: Finding): KycSource {
  return { name: 'test', find: async () => finding };
}
const known = (finding: Finding) => lookUp(portal.services, sourceOf(finding), user.id);

function form(entries: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(entries)) data.append(name, value);
  return data;
}

test('with everything verified, the consent alone is enough, and the values are the source’s', async () => {
  const found = await known(findingOf(fieldsOf(required)));
  expect(settledFields(found)).toEqual({ ...required, phoneNumber: '', taxNumber: '' });
  const shown = shownDigest(found);
  expect(readSubmission(form({ shown, consent: 'agreed' }), found)).toEqual({
    details: { ...required, phoneNumber: '', taxNumber: '' },
    sources: found.sources,
  });
  expect(readSubmission(form({ shown }), found)).toEqual({ errors: { consent: 'consent' } });
});

test('of a part, what is missing alone is typed', async () => {
  const { documentNumber, ...known_ } = required;
  const found = await known(findingOf(fieldsOf(known_)));
  const shown = shownDigest(found);
  expect(readSubmission(form({ shown, consent: 'agreed' }), found)).toEqual({ errors: { documentNumber: 'required' } });
  const read = readSubmission(form({ shown, consent: 'agreed', documentNumber }), found);
  expect(read).toMatchObject({ details: { ...required } });
  expect('sources' in read && read.sources.documentNumber).toBeUndefined();
});

test.each(Object.keys(required))(
  'a form that holds another %s than the verified one is refused [T42]',
  async (field) => {
    const found = await known(findingOf(fieldsOf(required)));
    const entries = { shown: shownDigest(found), consent: 'agreed', [field]: field === 'country' ? 'PL' : 'Forged 1' };
    expect(readSubmission(form(entries), found)).toEqual({ errors: { [field]: 'verified' } });
  },
);

test('a form with two values of a verified field is refused, with the verified one it is not [T42]', async () => {
  const found = await known(findingOf(fieldsOf(required)));
  const twice = form({ shown: shownDigest(found), consent: 'agreed', lastName: required.lastName });
  expect(readSubmission(twice, found)).toMatchObject({ details: { lastName: required.lastName } });
  twice.append('lastName', 'Forged');
  expect(readSubmission(twice, found)).toEqual({ errors: { lastName: 'verified' } });
});

test('unverified fields of a source fill in the form and stay the person’s own [T42]', async () => {
  const found = await known(findingOf(fieldsOf(required, false)));
  expect(found).toMatchObject({ verified: {}, sources: {}, prefill: required });
  const read = readSubmission(form({ ...DETAILS, lastName: 'Corrected', consent: 'agreed' }), found);
  expect(read).toMatchObject({ details: { lastName: 'Corrected' }, sources: {} });
});

test('a source that does not answer accepts nothing typed in its place [T42]', async () => {
  const found = await known({ state: 'unavailable' });
  expect(readSubmission(form({ ...DETAILS, consent: 'agreed' }), found)).toEqual({ problem: 'source' });
});

test('nobody agrees to values that they have not seen', async () => {
  const before = await known(findingOf(fieldsOf(required)));
  const after = await known(findingOf(fieldsOf({ ...required, lastName: 'Newname' })));
  const sent = form({ shown: shownDigest(before), consent: 'agreed' });
  expect(readSubmission(sent, after)).toEqual({ problem: 'changed' });
  expect(readSubmission(form({ consent: 'agreed' }), after)).toEqual({ problem: 'changed' });
});

test('stored fields stay verified, without asking the source, and the consent is given once', async () => {
  const found = await known(findingOf(fieldsOf({ firstName: DETAILS.firstName })));
  await storeDetails(portal.services, user.id, DETAILS, { sources: found.sources });
  const before = await readDetails(portal.services, user.id);
  const asked = { name: 'test', find: async () => Promise.reject(new Error('asked')) };
  const stored = await lookUp(portal.services, asked, user.id);
  expect(stored).toMatchObject({ state: 'stored', verified: { firstName: DETAILS.firstName } });
  const sent = { ...DETAILS, shown: shownDigest(stored), lastName: 'Married' };
  const read = readSubmission(form(sent), stored);
  if (!('details' in read)) throw new Error('refused');
  await storeDetails(portal.services, user.id, read.details, { sources: read.sources });
  const after = await readDetails(portal.services, user.id);
  expect(after).toMatchObject({ version: 2, consentedAt: before?.consentedAt, details: { lastName: 'Married' } });
  expect(readSubmission(form({ ...sent, firstName: 'Forged' }), stored)).toEqual({ errors: { firstName: 'verified' } });
});

test('sources get the subject of the identity provider, the address and the claims', async () => {
  expect(await readKycUser(portal.services, user.id)).toEqual({ subject: null, email: user.email, claims: {} });
  await linkIdentity(portal.services, user.id, { provider: 'oidc', providerAccountId: `sub-${user.id}` }, user.email);
  await savePrefill(portal.services, user.id, { firstName: 'Olena' });
  const claims = { firstName: 'Olena' };
  expect(await readKycUser(portal.services, user.id)).toEqual({ subject: `sub-${user.id}`, email: user.email, claims });
});

test('a person who keeps reloading does not make the portal ask the source each time', async () => {
  let asked = 0;
  const source: KycSource = {
    name: 'test',
    find: async () => {
      asked += 1;
      return { state: 'none' };
    },
  };
  const { uses } = RATE_LIMITS['kyc-account'];
  for (let n = 0; n < uses; n += 1) await lookUp(portal.services, source, user.id);
  const found = await lookUp(portal.services, source, user.id);
  expect(asked).toBe(uses);
  expect(found).toMatchObject({ state: 'too-many', verified: {}, prefill: {} });
  expect(readSubmission(form({ shown: '', consent: 'agreed' }), found)).toEqual({ problem: 'too-many' });
  // Stored details are shown without a question.
  await storeDetails(portal.services, user.id, DETAILS);
  expect(await lookUp(portal.services, source, user.id)).toMatchObject({ state: 'stored' });
});
