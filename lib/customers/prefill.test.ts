import fc from 'fast-check';
import isoCountries from 'i18n-iso-countries';
import { describe, expect, test } from 'vitest';
import { users } from '@/lib/db/schema';
import { toPrefill } from '@/lib/sign-in/oidc-claims';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { addUser, NO_LISTENER, startPortal } from '@/tests/portal';
import { readCountry } from './country-claim';
import type { DetailField } from './detail-fields';
import { fields } from './details-schema';
import { openClaims, type Prefill, savePrefill, usableClaims } from './prefill';

const CODES = Object.keys(isoCountries.getAlpha2Codes());

describe('the country of a claim', () => {
  test.each([
    ['alpha-2', (code: string) => code],
    ['alpha-2 in lower case', (code: string) => code.toLowerCase()],
    ['alpha-3', (code: string) => isoCountries.alpha2ToAlpha3(code)],
    ['alpha-3 in lower case', (code: string) => isoCountries.alpha2ToAlpha3(code)?.toLowerCase()],
    ['its number', (code: string) => isoCountries.alpha2ToNumeric(code)],
    ['its number without zeros in front', (code: string) => String(Number(isoCountries.alpha2ToNumeric(code)))],
    ['its English name', (code: string) => isoCountries.getName(code, 'en')],
    ['its English name in capitals', (code: string) => isoCountries.getName(code, 'en')?.toUpperCase()],
    ['its Ukrainian name', (code: string) => new Intl.DisplayNames(['uk'], { type: 'region' }).of(code)],
    ['its name as the form shows it', (code: string) => new Intl.DisplayNames(['en'], { type: 'region' }).of(code)],
  ])('%s, for every country', (_form, write) => {
    const read = CODES.map((code) => [code, readCountry(` ${write(code)}\u200b`)]);
    // Two countries are called Congo.
    expect(read.filter(([code, found]) => code !== found && code !== 'CG')).toEqual([]);
  });

  test.each([
    ...[
      ['UK', 'GB'],
      ['uk', 'GB'],
      ['EL', 'GR'],
      ['U.S.A.', 'US'],
      ['England', 'GB'],
      ['Great Britain', 'GB'],
    ],
    ...[
      ['The Netherlands', 'NL'],
      ['Holland', 'NL'],
      ['Czech Republic', 'CZ'],
      ['Türkiye', 'TR'],
      ['Turkey', 'TR'],
    ],
    ...[
      ['Deutschland', 'DE'],
      ['Polska', 'PL'],
      ['Česká republika', 'CZ'],
      ['España', 'ES'],
      ['日本', 'JP'],
    ],
    ...[
      ['Ελλάδα', 'GR'],
      ['Україна', 'UA'],
      ['УКРАЇНА', 'UA'],
      ['Österreich', 'AT'],
      ['Italia', 'IT'],
      ['США', 'US'],
    ],
  ])('%s is %s', (claim, code) => {
    expect(readCountry(claim)).toBe(code);
  });

  test.each([
    '',
    '\u3164',
    'XX',
    'QQQ',
    '999',
    'Atlantis',
    'Europe',
    'Korea',
    'Congo',
    'uk-UA',
    '0',
    '-804',
    '__proto__',
    'constructor',
    'toString',
  ])('%j is none, or several', (claim) => {
    expect(readCountry(claim)).toBeUndefined();
  });
});

/** What the form shows of a response of the provider. */
const shown = (claims: object) => usableClaims(toPrefill({}, claims));

describe('the address of a claim', () => {
  const parts = { street_address: '12 Khreshchatyk St', locality: 'Kyiv', region: 'Kyiv Oblast', postal_code: '01001' };

  test.each<[string, unknown, Prefill]>([
    [
      'as a whole',
      { formatted: '12 Khreshchatyk St\r\nKyiv\n01001' },
      { residenceAddress: '12 Khreshchatyk St, Kyiv, 01001' },
    ],
    [
      'in parts',
      { ...parts, country: 'UKR' },
      { country: 'UA', residenceAddress: '12 Khreshchatyk St, 01001 Kyiv, Kyiv Oblast' },
    ],
    [
      'in some parts',
      { street_address: '1 Main St\nFlat 2', postal_code: 1001 },
      { residenceAddress: '1 Main St, Flat 2, 1001' },
    ],
    [
      'in a town that is its region',
      { ...parts, region: 'Kyiv' },
      { residenceAddress: '12 Khreshchatyk St, 01001 Kyiv' },
    ],
    [
      'as a whole and in parts',
      { ...parts, formatted: '12 Khreshchatyk St, Kyiv' },
      { residenceAddress: '12 Khreshchatyk St, Kyiv' },
    ],
    ['as a string', '12 Khreshchatyk St, Kyiv', { residenceAddress: '12 Khreshchatyk St, Kyiv' }],
    [
      'as JSON in a string',
      JSON.stringify({ ...parts, country: 'ua' }),
      { country: 'UA', residenceAddress: '12 Khreshchatyk St, 01001 Kyiv, Kyiv Oblast' },
    ],
    ['with a number for its country', { country: 804 }, { country: 'UA' }],
    ['with an unknown country', { formatted: 'Kyiv', country: 'XX' }, { residenceAddress: 'Kyiv' }],
    ['with one part of a wrong type', { ...parts, region: {} }, { residenceAddress: '12 Khreshchatyk St, 01001 Kyiv' }],
    ['with empty parts', { formatted: '', street_address: ' ', country: '' }, {}],
    ['that shows nothing', { formatted: '\u3164\u00ad' }, {}],
    ['that is too long', { formatted: 'x'.repeat(301) }, {}],
    ['of another type', 42, {}],
    ['that is nothing', null, {}],
    ['as a list', ['Kyiv'], {}],
  ])('%s', (_name, address, expected) => {
    expect(shown({ address })).toEqual(expected);
  });
});

test('does not split a name without its parts', () => {
  expect(shown({ name: 'Olena Kovalenko' })).toEqual({});
  expect(shown({ name: 'Olena Kovalenko', given_name: 'Olena' })).toEqual({ firstName: 'Olena' });
});

test('fills in a claim cleaned like typed text, or not at all', () => {
  expect(
    shown({ given_name: '\u202aOlena\u202c\u00a0', family_name: '12345', phone_number: '\u202d+380671234567\u202c' }),
  ).toEqual({
    firstName: 'Olena',
    phoneNumber: '+380671234567',
  });
});

test('fills in only claims that pass the rule of their field', () => {
  const claim = fc.oneof(anyText, fc.anything());
  const claims = fc.record({
    given_name: claim,
    family_name: claim,
    phone_number: claim,
    address: fc.oneof(claim, fc.record({ country: claim, formatted: claim, street_address: claim, locality: claim })),
  });
  fc.assert(
    fc.property(claims, (claimed) => {
      for (const [field, value] of Object.entries(shown(claimed)))
        expect(fields[field as DetailField].safeParse(value)).toEqual({ success: true, data: value });
    }),
    fuzzRuns(),
  );
});

test('stores claims as the provider sent them, and applies the current rules when reading', async () => {
  const portal = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` });
  try {
    const { id: userId } = await addUser(portal.services);
    const claims = { sub: 'olena', given_name: 'Olena\u200b', address: { country: 'ukr', formatted: 'Kyiv' } };
    await savePrefill(portal.services, userId, toPrefill(claims, {}));
    const [row] = await portal.services.db.select().from(users);
    const kept = openClaims(portal.services, userId, row?.claimsSealed ?? null);
    expect(kept).toEqual({ firstName: 'Olena\u200b', country: 'ukr', residenceAddress: 'Kyiv' });
    expect(usableClaims(kept)).toEqual({ firstName: 'Olena', country: 'UA', residenceAddress: 'Kyiv' });
  } finally {
    await portal.close();
  }
});
