// ASVS 5.0: 2.2.3
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { isDoubtful, numberDoubts } from './number-doubts';

/** Numbers that the countries or the OECD publish as examples, in the form in which people write them. */
const PUBLISHED = Object.entries({
  AR: '20-26756539-3',
  AT: '93 173/6581',
  AU: '123 456 782',
  BE: '85.07.30-033 28',
  BG: '7523169263',
  BR: '390.533.447-05',
  CA: '123-456-782',
  CH: '756.9217.0769.85',
  CL: '12.531.909-2',
  CY: '10259033P',
  CZ: '710319/2745',
  DE: '86 095 742 719',
  EE: '37605030299',
  ES: '54362315-K',
  FI: '131052-308T',
  FR: '30 23 217 600 053',
  GB: '1955839661',
  GR: '094259216',
  HR: '33392005961',
  IE: '6433435F',
  IL: '3933742-3',
  IT: 'RSSMRA85T10A562S',
  LT: '38703181745',
  LV: '161175-19997',
  NL: '1112.22.333',
  NO: '151086 95088',
  NZ: '49-091-850',
  PL: '44051401359',
  PT: '123 456 789',
  RO: '1630615123457',
  RS: '0101006500006',
  SE: '640823-3234',
  SI: '5022 3054',
  SK: '710319/2745',
  TR: '17291716060',
  UA: '3184710691',
  ZA: '0001339050',
});

test.each(PUBLISHED)(
  '%s: the published number %s is not doubted, and it is with its last sign changed',
  (country, number) => {
    expect(isDoubtful('taxNumber', number, country)).toBe(false);
    const last = number.at(-1) ?? '';
    const other = /\d/.test(last)
      ? String((Number(last) + 1) % 10)
      : last === 'Z'
        ? 'A'
        : String.fromCharCode(last.charCodeAt(0) + 1);
    expect(isDoubtful('taxNumber', number.slice(0, -1) + other, country)).toBe(true);
  },
);

const digits = (length: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length });
const sum = (numbers: number[], weights: number[]) =>
  numbers.reduce((total, digit, at) => total + digit * (weights[at] ?? 0), 0);
const day = fc.date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('1999-12-31') });

/** Of the ten numbers that differ in their last digit one is right. */
function onlyOneFits(country: string, body: string, check: number) {
  const fitting = Array.from({ length: 10 }, (_, last) => last).filter(
    (last) => !isDoubtful('taxNumber', `${body}${last}`, country),
  );
  expect(fitting).toEqual([check]);
}

describe('a check digit by the published rule, worked out a second time', () => {
  test('РНОКПП of Ukraine', () => {
    fc.assert(
      fc.property(digits(9), (body) => {
        const remainder = sum(body, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11;
        onlyOneFits('UA', body.join(''), ((remainder + 11) % 11) % 10);
      }),
      fuzzRuns(300),
    );
  });

  test('PESEL of Poland', () => {
    fc.assert(
      fc.property(day, digits(4), (born, serial) => {
        const body = [...born.toISOString().slice(2, 10).replaceAll('-', '')].map(Number).concat(serial);
        onlyOneFits('PL', body.join(''), (10 - (sum(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
      }),
      fuzzRuns(300),
    );
  });

  test('codice fiscale of Italy, with letters in the place of digits too', () => {
    // Decreto ministeriale 23 dicembre 1976: values of the signs in odd places.
    const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    const even = (sign: string) => (/\d/.test(sign) ? Number(sign) : sign.charCodeAt(0) - 65);
    const swapped = 'LMNPQRSTUV';
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 99 }),
        fc.integer({ min: 100, max: 999 }),
        fc.boolean(),
        (year, town, swap) => {
          const code = [...`RSSMRA${year}T10A${town}`]
            .map((sign, at) => (swap && at > 11 && /\d/.test(sign) ? (swapped[Number(sign)] ?? '') : sign))
            .join('');
          const total = [...code].reduce(
            (all, sign, at) => all + (at % 2 === 0 ? (ODD[even(sign)] ?? 0) : even(sign)),
            0,
          );
          const check = String.fromCharCode(65 + (total % 26));
          const fitting = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter(
            (last) => !isDoubtful('taxNumber', code + last, 'IT'),
          );
          expect(fitting).toEqual([check]);
        },
      ),
      fuzzRuns(300),
    );
  });
});

test.each([
  ['PL', 'ABS123456', 'ABS223456'],
  ['PL', 'abs 123456', 'abs 123465'],
  ['ES', '54362315K', '54362315L'],
  ['ES', 'X-2482300-W', 'X-2482301-W'],
  ['DE', 'T220001293', 'T220001294'],
])('%s: the document number %s is not doubted, %s is', (country, right, wrong) => {
  expect(isDoubtful('documentNumber', right, country)).toBe(false);
  expect(isDoubtful('documentNumber', wrong, country)).toBe(true);
});

test.each([
  ['a passport of the same country', 'documentNumber', 'PL', 'EB1234567'],
  ['an Italian identity card', 'documentNumber', 'IT', 'CA00000AA'],
  ['a Ukrainian passport', 'documentNumber', 'UA', 'FE123456'],
  ['a tax number of a country without a published rule', 'taxNumber', 'US', '12'],
  ['a country that there is not', 'taxNumber', 'constructor', '12'],
  ['no country', 'taxNumber', '', '12'],
] as const)('%s is not doubted', (_name, field, country, number) => {
  expect(isDoubtful(field, number, country)).toBe(false);
});

test('capitals and separators make no difference, nor does another number for taxes', () => {
  expect(isDoubtful('taxNumber', 'rssmra 85t10 a562s', 'IT')).toBe(false);
  expect(isDoubtful('taxNumber', '856-734-62-15', 'PL')).toBe(false);
});

test('digits of another script are read as digits', () => {
  expect(isDoubtful('taxNumber', '３１８４７１０６９１', 'UA')).toBe(false);
  expect(isDoubtful('taxNumber', '３１８４７１０６９２', 'UA')).toBe(true);
});

describe('what a form says of its doubtful numbers [T23]', () => {
  const formOf = (entries: [string, string][]) => {
    const form = new FormData();
    for (const [name, value] of entries) form.append(name, value);
    return form;
  };
  const typed: [string, string][] = [
    ['country', 'PL'],
    ['documentNumber', 'ABS\u200b223456'],
    ['taxNumber', ' 44051401358 '],
  ];

  test('each is asked about as it will be stored', () => {
    expect(numberDoubts(formOf(typed))).toEqual([
      { field: 'documentNumber', number: 'ABS223456', confirmed: false },
      { field: 'taxNumber', number: '44051401358', confirmed: false },
    ]);
  });

  test('a confirmation covers only the number that it names', () => {
    const confirmed = (value: string) =>
      numberDoubts(formOf([...typed, ['asItStands', value]])).filter((doubt) => doubt.confirmed);
    expect(confirmed('taxNumber:44051401358')).toEqual([
      { field: 'taxNumber', number: '44051401358', confirmed: true },
    ]);
    for (const other of ['', 'on', 'taxNumber', 'taxNumber:44051401357', 'documentNumber:44051401358', '44051401358'])
      expect(confirmed(other)).toEqual([]);
  });

  test('decides on any typed text without an error', () => {
    fc.assert(
      fc.property(fc.constantFrom('UA', 'PL', 'IT', 'DE', 'ES', 'FR', 'XX'), anyText, (country, text) => {
        const doubts = numberDoubts(
          formOf([
            ['country', country],
            ['documentNumber', text],
            ['taxNumber', text],
          ]),
        );
        for (const doubt of doubts) expect(doubt.confirmed).toBe(false);
      }),
      fuzzRuns(),
    );
  });
});
