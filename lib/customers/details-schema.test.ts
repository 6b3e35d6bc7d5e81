import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText, comesBack, fuzzRuns, isClean } from '../testing/fuzz';
import { DETAIL_FIELDS, type DetailField, LIMITS } from './detail-fields';
import { detailsSchema, parseDetails } from './details-schema';

const good = {
  firstName: ' Olena ',
  lastName: 'Kovalenko',
  phoneNumber: '067 123 45 67',
  country: 'UA',
  documentNumber: 'FE123456',
  taxNumber: '',
  residenceAddress: '12 Khreshchatyk St,\n Kyiv',
  consent: 'agreed',
};

function parse(change: Partial<Record<keyof typeof good, string>>) {
  return parseDetails(formOf({ ...good, ...change }));
}

function formOf(values: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, value);
  return form;
}

test('good details are trimmed, put on one line, and the phone number is made international', () => {
  expect(parse({})).toEqual({
    details: {
      firstName: 'Olena',
      lastName: 'Kovalenko',
      phoneNumber: '+380671234567',
      country: 'UA',
      documentNumber: 'FE123456',
      taxNumber: '',
      residenceAddress: '12 Khreshchatyk St, Kyiv',
    },
  });
});

test('a form says seven things and no more: whose they are, and how far they have come, is not for it to say', () => {
  const form = formOf(good);
  const foreign = ['userId', 'customerId', 'state', 'version', 'role', 'externalId', '__proto__', 'constructor'];
  for (const name of foreign) form.set(name, 'operator');
  // Twice: the form is read by name, and the rules let no other name through.
  expect(detailsSchema.parse(Object.fromEntries(form))).toEqual(detailsSchema.parse(good));
  const parsed = parseDetails(form);
  expect(parsed).toEqual(parse({}));
  expect(Object.keys('details' in parsed ? parsed.details : {}).sort()).toEqual([
    'country',
    'documentNumber',
    'firstName',
    'lastName',
    'phoneNumber',
    'residenceAddress',
    'taxNumber',
  ]);
});

test('an empty form: every required field is named at once', () => {
  expect(parseDetails(new FormData())).toEqual({
    errors: {
      firstName: 'required',
      lastName: 'required',
      country: 'required',
      documentNumber: 'required',
      residenceAddress: 'required',
      consent: 'consent',
    },
  });
});

test.each<[string, Partial<Record<keyof typeof good, string>>, object]>([
  ['spaces only', { lastName: '   ' }, { lastName: 'required' }],
  ['too long', { firstName: 'x'.repeat(101) }, { firstName: 'tooLong' }],
  ['a control character', { firstName: 'Ole\u0000na' }, { firstName: 'characters' }],
  ['a bidirectional override', { documentNumber: 'FE\u202e123' }, { documentNumber: 'characters' }],
  ['an Arabic letter mark', { lastName: 'Kova\u061clenko' }, { lastName: 'characters' }],
  ['a zero-width space', { lastName: 'Kova\u200blenko' }, { lastName: 'characters' }],
  ['an unknown country', { country: 'XX', phoneNumber: '' }, { country: 'country' }],
  ['a country in lower case', { country: 'ua', phoneNumber: '' }, { country: 'country' }],
  ['no phone number', { phoneNumber: '12' }, { phoneNumber: 'phone' }],
  ['no agreement', { consent: '' }, { consent: 'consent' }],
])('%s', (_name, change, errors) => {
  expect(parse(change)).toEqual({ errors });
});

describe('whatever is typed is accepted cleanly or refused with a message of its field', () => {
  /** A field by itself: the phone number is read in the chosen country, so it stays away where that is changed. */
  const alone = (field: DetailField, text: string) =>
    parse({ ...(field === 'country' ? { phoneNumber: '' } : {}), [field]: text });
  const problems = ['required', 'tooLong', 'characters', 'country', 'phone'];
  const longest = Math.max(...Object.values(LIMITS));

  test.each(DETAIL_FIELDS)('%s', (field) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = alone(field, text);
        if ('errors' in parsed) {
          expect(Object.keys(parsed.errors)).toEqual([field]);
          expect(problems).toContain(parsed.errors[field]);
          return;
        }
        const { [field]: accepted } = parsed.details;
        expect(accepted).toSatisfy(isClean);
        expect(accepted).toSatisfy(comesBack);
        expect(accepted.length).toBeLessThanOrEqual(longest);
        expect(alone(field, accepted)).toEqual(parsed);
      }),
      fuzzRuns(),
    );
  });

  test('the consent: one word gives it', () => {
    fc.assert(
      fc.property(anyText, (consent) => {
        if (consent !== 'agreed') expect(parse({ consent })).toEqual({ errors: { consent: 'consent' } });
      }),
      fuzzRuns(),
    );
  });

  test('a form of any fields, files among them', () => {
    const name = fc.oneof(fc.constantFrom(...DETAIL_FIELDS, 'consent', 'consent'), anyText);
    const value = fc.oneof(
      anyText,
      fc.constant('agreed'),
      anyText.map((text) => new File([text], text)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 12 }), (entries) => {
        const form = new FormData();
        for (const [field, content] of entries) form.append(field, content);
        const parsed = parseDetails(form);
        if ('details' in parsed) expect(Object.keys(parsed.details).sort()).toEqual([...DETAIL_FIELDS].sort());
        else expect([...DETAIL_FIELDS, 'consent']).toEqual(expect.arrayContaining(Object.keys(parsed.errors)));
      }),
      fuzzRuns(),
    );
  });
});
