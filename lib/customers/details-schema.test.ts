import fc from 'fast-check';
import { expect, test } from 'vitest';
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
  ['a zero-width space', { lastName: 'Kova\u200blenko' }, { lastName: 'characters' }],
  ['an unknown country', { country: 'XX', phoneNumber: '' }, { country: 'country' }],
  ['a country in lower case', { country: 'ua', phoneNumber: '' }, { country: 'country' }],
  ['no phone number', { phoneNumber: '12' }, { phoneNumber: 'phone' }],
  ['no agreement', { consent: '' }, { consent: 'consent' }],
])('%s', (_name, change, errors) => {
  expect(parse(change)).toEqual({ errors });
});

test('whatever is typed is accepted cleanly or refused with a message', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 });
  fc.assert(
    fc.property(text, text, (firstName, residenceAddress) => {
      const parsed = parse({ firstName, residenceAddress });
      if ('errors' in parsed) return Object.keys(parsed.errors).length > 0;
      return !/[\p{Cc}\p{Cs}]/u.test(parsed.details.firstName + parsed.details.residenceAddress);
    }),
    { numRuns: 1000 },
  );
});
