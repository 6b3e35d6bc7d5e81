// ASVS 5.0: 1.1.1 1.3.3 2.2.1 15.3.3
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText, comesBack, fuzzRuns, isClean } from '@/tests/fuzz';
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

test('reads only the seven details from a form, never an owner or a state [T13]', () => {
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
  ['a name without a letter', { firstName: '12345' }, { firstName: 'letter' }],
  ['a dash for a name', { lastName: '-' }, { lastName: 'letter' }],
  ['a picture for a name', { firstName: '😀' }, { firstName: 'letter' }],
  ['a document number of dashes', { documentNumber: '---' }, { documentNumber: 'letterOrDigit' }],
  ['a tax number of dots', { taxNumber: '…' }, { taxNumber: 'letterOrDigit' }],
  ['a mark without a letter', { residenceAddress: '\u0301' }, { residenceAddress: 'letterOrDigit' }],
  ['an extension, which E.164 cannot keep', { phoneNumber: '067 123 45 67 ext. 5' }, { phoneNumber: 'extension' }],
  ['an unknown country', { country: 'XX', phoneNumber: '' }, { country: 'country' }],
  ['a country in lower case', { country: 'ua', phoneNumber: '' }, { country: 'country' }],
  ['no phone number', { phoneNumber: '12' }, { phoneNumber: 'phone' }],
  ['no agreement', { consent: '' }, { consent: 'consent' }],
])('%s', (_name, change, errors) => {
  expect(parse(change)).toEqual({ errors });
});

const NOTHING_TO_SEE = ['\u3164', '\u115f', '\u1160', '\uffa0', '\u00ad', '\u2800', '\ufe0f', '\u{e0041}', '\u034f'];

test.each(DETAIL_FIELDS.filter((field) => field !== 'country'))('%s: text that shows nothing is no text', (field) => {
  const optional = field === 'phoneNumber' || field === 'taxNumber';
  for (const sign of [...NOTHING_TO_SEE, '\u200b', '\u202a\u202c', '\u2066\u3164\u2069 \ufeff'])
    expect(parse({ [field]: sign })).toEqual(
      optional ? { details: expect.objectContaining({ [field]: '' }) } : { errors: { [field]: 'required' } },
    );
});

test('removes invisible characters of pasted text from every field', () => {
  const pasted = (text: string) => `\u200e\u202a\u00a0${text.replace(' ', '\u00ad\u00a0\u200b')}\u202c\ufeff\u2800`;
  const changed = Object.entries(good)
    .filter(([field]) => field !== 'country' && field !== 'consent')
    .map(([field, text]) => [field, pasted(text)]);
  expect(parse(Object.fromEntries(changed))).toEqual(parse({}));
});

test.each([
  ['Persian', 'علی\u200cرضا'],
  ['Sinhala', 'ශ්\u200dරී'],
  ['Malayalam', 'രാജന്\u200d'],
  ['Arabic', 'محمد'],
  ['Bengali', 'র\u200d্যাব'],
])('a name in %s is stored as it is written', (_language, name) => {
  expect(parse({ firstName: name, lastName: name, residenceAddress: name })).toMatchObject({
    details: { firstName: name, lastName: name, residenceAddress: name },
  });
});

test('fills both name fields with a single name', () => {
  expect(parse({ firstName: 'Suharto', lastName: 'Suharto' })).toMatchObject({
    details: { firstName: 'Suharto', lastName: 'Suharto' },
  });
});

test('rejects too long text in every field, never cuts it, and counts visible characters', () => {
  const limits = { firstName: 100, lastName: 100, documentNumber: 64, taxNumber: 64, residenceAddress: 300 };
  for (const [field, longest] of Object.entries(limits)) {
    for (const letter of ['x', 'ї', '李', '𞤀', '𠮷', 'e\u0301']) {
      const text = letter.repeat(longest);
      expect(parse({ [field]: `\u200b ${text} ` })).toMatchObject({ details: { [field]: text.normalize('NFC') } });
      expect(parse({ [field]: text + letter })).toEqual({ errors: { [field]: 'tooLong' } });
    }
  }
  expect(parse({ phoneNumber: 'Phone (mobile, work):   +380 67 123 45 67' })).toEqual({
    errors: { phoneNumber: 'tooLong' },
  });
});

describe('accepts any typed text cleanly, or rejects it with a message at its field [T23]', () => {
  /** A field by itself: the phone number is read in the chosen country, so it stays away where that is changed. */
  const alone = (field: DetailField, text: string) =>
    parse({ ...(field === 'country' ? { phoneNumber: '' } : {}), [field]: text });
  const problems = ['required', 'tooLong', 'characters', 'letter', 'letterOrDigit', 'country', 'phone', 'extension'];
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
        expect([...accepted].length).toBeLessThanOrEqual(longest);
        expect(alone(field, accepted)).toEqual(parsed);
      }),
      fuzzRuns(),
    );
  });

  test('accepts exactly one value as consent', () => {
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
