import { expect, test } from 'vitest';
import { isMeant, readQuery, termsFor } from './query';
import { termsOf } from './terms';

const OLENA = {
  email: 'olena.koval-1990@example.com',
  firstName: 'Оле\u0301на',
  lastName: "Кова'ль-Мар’яненко",
  phoneNumber: '+380991234567',
};
const READING = { email: 'h.smith@example.com', firstName: 'Li', lastName: 'Straße', phoneNumber: '+442079460018' };

/** Reports whether the index finds a person, and whether the comparison after decryption agrees. */
function finds(typed: string, person = OLENA): boolean {
  const query = readQuery(typed);
  if (typeof query === 'string' || query.words.length === 0) throw new Error(`not a query: ${typed}`);
  const terms = termsOf(person);
  const byIndex = query.words.every((word) => termsFor(word).some((term) => terms.has(term)));
  return byIndex && isMeant(person, query);
}

test.each([
  ['олена', OLENA],
  ['ОЛЕ', OLENA],
  ['коваль', OLENA],
  ['Ковальʼ', OLENA],
  ['мар`яненко', OLENA],
  ['Маряненко Олена', OLENA],
  ['Олена К. Коваль', OLENA],
  ['koval', OLENA],
  ['olena.koval-1990@', OLENA],
  ['olena.koval-1990@exam', OLENA],
  ['+380 (99) 123-45-67', OLENA],
  ['00380991234567', OLENA],
  ['099 123 45 67', OLENA],
  ['8 099 123 45 67', OLENA],
  ['4567', OLENA],
  ['Коваль 4567', OLENA],
  ['li', READING],
  ['strasse', READING],
  ['STRASS', READING],
  ['+44 (0)20 7946 0018', READING],
  ['020 7946 0018', READING],
  ['0018', READING],
])('%s finds the person', (typed, person) => {
  expect(finds(typed, person)).toBe(true);
});

test.each(['оленка', 'лена', 'Олена Петренко', 'olena.other@', '+380 99 123 45 68', '4568', '34567890', 'мар яненко'])(
  '%s does not find the person',
  (typed) => {
    expect(finds(typed)).toBe(false);
  },
);

test('compares the rest of a word and of a number that the index cuts', () => {
  const person = { email: null, firstName: 'Wolfeschlegelsteinhausen', phoneNumber: '+380991234567' };
  expect(finds('wolfeschlegelst', person as never)).toBe(true);
  expect(finds('wolfeschlegelxx', person as never)).toBe(false);
  expect(finds('+370991234567', person as never)).toBe(false);
});

test.each([
  ['', 'empty'],
  [' \u200b ', 'empty'],
  ['o', 'too-short'],
  ['o. k.', 'too-short'],
  ['@example.com', 'too-short'],
  ['123', 'too-short'],
  ['+38', 'too-short'],
])('%j is %s', (typed, problem) => {
  expect(readQuery(typed)).toBe(problem);
});

test.each([
  ['olena koval', 'name'],
  ['olena@example.com', 'email'],
  ['+380 99 123', 'phone'],
  ['B0A4A3A0-0000-4000-8000-000000000001', 'id'],
  ['wallet_123456', 'id'],
])('%s is taken for: %s', (typed, kind) => {
  expect(readQuery(typed)).toMatchObject({ kind });
});

test('keeps no initials and no more than nine digits in the index', () => {
  const terms = [...termsOf({ email: 'o@example.com', firstName: 'O', phoneNumber: '+380991234567' })];
  expect(terms.sort()).toEqual(['#1234567', '#234567', '#34567', '#4567', '#91234567', '#991234567']);
});
