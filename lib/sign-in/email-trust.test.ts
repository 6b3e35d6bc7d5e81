// ASVS 5.0: 6.8.2
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalEmail } from '@/lib/email-address';
import { fuzzRuns } from '@/tests/fuzz';
import { trustedEmail } from './email-trust';

const OLENA = 'olena@example.test';
const claim = fc.constantFrom<unknown>(true, false, 'true', 'false', 'TRUE', 1, 0, '1', null, undefined, {}, ['true']);
const email = fc.constantFrom<unknown>(
  OLENA,
  'Olena@Example.test',
  'ivan@example.test',
  'no address',
  '',
  7,
  undefined,
);
const source = fc.record({ email, email_verified: claim, xms_edov: claim });

describe('claim', () => {
  test('trusts an address exactly when a source says so of it, and none denies it [T20]', () => {
    fc.assert(
      fc.property(source, source, (token, endpoint) => {
        const found = trustedEmail(token, endpoint, 'claim');
        if (!('email' in found)) return;
        const about = [token, endpoint].filter((one) => canonicalEmail(String(one.email)) === found.email);
        expect(about.some(({ email_verified: said }) => said === true || said === 'true')).toBe(true);
        expect(about.some(({ email_verified: said }) => said === false || said === 'false')).toBe(false);
      }),
      fuzzRuns(2000),
    );
  });

  test.each<[unknown, boolean]>([
    [true, true],
    ['true', true],
    ['TRUE', false],
    [1, false],
    ['1', false],
    [false, false],
    ['false', false],
    [undefined, false],
    [null, false],
    [{}, false],
  ])('%j counts as verified: %s', (email_verified, verified) => {
    const expected = verified ? { email: OLENA } : { problem: 'email-trust' };
    expect(trustedEmail({}, { email: OLENA, email_verified }, 'claim')).toEqual(expected);
    expect(trustedEmail({ email: OLENA, email_verified }, {}, 'claim')).toEqual(expected);
  });

  test('a source that says nothing does not weaken the other', () => {
    fc.assert(
      fc.property(fc.constantFrom(OLENA, 'OLENA@example.test', undefined), fc.boolean(), (spelling, tokenFirst) => {
        const [says, silent] = [{ email: OLENA, email_verified: true }, { email: spelling }];
        expect(trustedEmail(tokenFirst ? says : silent, tokenFirst ? silent : says, 'claim')).toEqual({ email: OLENA });
      }),
    );
  });

  test('"verified" about one address never covers another [T20]', () => {
    const other = { email: 'ivan@example.test' };
    expect(trustedEmail({ email: OLENA, email_verified: true }, other, 'claim')).toEqual({ problem: 'email-trust' });
  });

  test('does not know xms_edov', () => {
    expect(trustedEmail({ email: OLENA, xms_edov: true }, {}, 'claim')).toEqual({ problem: 'email-trust' });
  });
});

describe('xms_edov', () => {
  test.each<[unknown, boolean]>([
    [true, true],
    ['true', true],
    [1, true],
    ['1', true],
    [false, false],
    ['0', false],
    [undefined, false],
  ])('%j in the ID token counts as verified: %s', (xms_edov, verified) => {
    const expected = verified ? { email: OLENA } : { problem: 'email-trust' };
    expect(trustedEmail({ email: OLENA, xms_edov }, {}, 'xms_edov')).toEqual(expected);
  });

  test('counts in the ID token only, for its own address, and a denial still counts', () => {
    const trusted = { email: OLENA, xms_edov: true };
    expect(trustedEmail({ email: OLENA }, trusted, 'xms_edov')).toEqual({ problem: 'email-trust' });
    expect(trustedEmail(trusted, { email: 'ivan@example.test' }, 'xms_edov')).toEqual({ problem: 'email-trust' });
    expect(trustedEmail({ ...trusted, email_verified: false }, {}, 'xms_edov')).toEqual({ problem: 'email-trust' });
  });
});

test('issuer trusts every address, and no text that is none', () => {
  expect(trustedEmail({}, { email: OLENA, email_verified: false }, 'issuer')).toEqual({ email: OLENA });
  expect(trustedEmail({}, { email: 'olena' }, 'issuer')).toEqual({ problem: 'email-invalid' });
  expect(trustedEmail({}, {}, 'issuer')).toEqual({ problem: 'email-missing' });
});
