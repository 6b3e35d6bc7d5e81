// ASVS 5.0: 1.1.2
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { type CsvFormat, operationsCsv } from './operations-csv';
import type { Operation } from './operations-schema';

const OPERATION: Operation = {
  id: '7b1d',
  walletId: 'w-1',
  type: 'DepositWithExchange',
  status: 'Completed',
  sourceAsset: 'UAH',
  sourceAmount: '1000.5',
  targetAsset: 'BTC',
  targetAmount: '0.000000000000000001',
  fee: '-0.5',
  createdAt: '2026-11-23T10:00:00.000Z',
  updatedAt: null,
};

const WORDS: CsvFormat = {
  language: 'en',
  timeZone: 'Europe/Kyiv',
  heading: (column) => `${column} (zone)`,
  words: ({ type, status }) => ({
    type: type === 'DepositWithExchange' ? 'Purchase' : type,
    status: status === 'Completed' ? 'Виконано' : status,
    meaning: 'Done.',
  }),
};
const UKRAINIAN: CsvFormat = { ...WORDS, language: 'uk' as string as CsvFormat['language'] };
const FILES = [
  { words: WORDS, delimiter: ',', decimal: '.' },
  { words: UKRAINIAN, delimiter: ';', decimal: ',' },
];

test('an English file: commas, decimal points, times of the zone, UTF-8 that spreadsheets recognise, no wallet id', () => {
  expect(operationsCsv([OPERATION], WORDS)).toBe(
    '\ufeffcreatedAt (zone),updatedAt (zone),type (zone),status (zone),sourceAmount (zone),sourceAsset (zone),' +
      'targetAmount (zone),targetAsset (zone),fee (zone),id (zone),meaning (zone)\r\n' +
      '2026-11-23 12:00:00,,Purchase,Виконано,1000.5,UAH,0.000000000000000001,BTC,-0.5,7b1d,Done.\r\n',
  );
});

test('a Ukrainian file: semicolons and decimal commas', () => {
  const [, line] = operationsCsv([OPERATION], UKRAINIAN).split('\r\n');
  expect(line).toBe('2026-11-23 12:00:00;;Purchase;Виконано;1000,5;UAH;0,000000000000000001;BTC;-0,5;7b1d;Done.');
});

test('times follow the zone, through the change to winter time', () => {
  const times = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-07-01T12:00:00Z', '2026-12-31T23:30:00Z'];
  const operations = times.map((createdAt) => ({ ...OPERATION, createdAt }));
  const read = (timeZone: string) =>
    parse(operationsCsv(operations, { ...WORDS, timeZone }), { bom: true, from: 2 }).map(([time]) => time);
  expect(read('Europe/Kyiv')).toEqual([
    ...['2026-10-25 03:30:00', '2026-10-25 03:30:00', '2026-07-01 15:00:00', '2027-01-01 01:30:00'],
  ]);
  expect(read('America/Los_Angeles')[3]).toBe('2026-12-31 15:30:00');
});

const TRICKS = [
  ...[
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '＋1',
    '－1',
    '＠A1',
    ' =1',
    '\u00a0=1',
    '\u200b=1',
  ],
  ...['a,=1+1', 'a;=1+1', 'a\t=1', 'a|=1', 'a\r\n=1', 'a"=1', '",=1', "a';=1", 'a; @SUM(A1)', '";=1;"', 'a,\u3000－1'],
];

test.each(TRICKS)('writes %j as text, not as a formula, with any cell separator', (text) => {
  const operation = { ...OPERATION, type: text, sourceAsset: text, fee: text, id: text, createdAt: text };
  for (const { words } of FILES) expect(formulasIn(operationsCsv([operation], words))).toEqual([]);
});

/** What would be run if every separator and quote ended a cell. Numbers may be negative. */
function formulasIn(file: string): string[] {
  return file
    .slice(1)
    .split(/[,;|\t\r\n"]/)
    .map((cell) => cell.replace(/^[\p{White_Space}\p{Default_Ignorable_Code_Point}]+/u, ''))
    .filter((cell) => /^[=+\-@＝＋－＠]/.test(cell) && !/^-\d+(\.\d+)?$/.test(cell));
}

describe.each(FILES)('any response of Kuna, in a file with "$delimiter"', ({ words, delimiter, decimal }) => {
  const text = fc.oneof(anyText, fc.constantFrom(...TRICKS));
  const amount = fc
    .tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.option(fc.nat(999_999)))
    .map(([sign, whole, part]) => `${sign}${whole}${part === null ? '' : `.${part}`}`);
  const operation = fc.record({
    ...{ id: text, walletId: text, type: text, status: text },
    ...{ sourceAsset: fc.option(text), targetAsset: fc.option(text) },
    ...{ sourceAmount: fc.option(amount), targetAmount: fc.option(amount), fee: fc.option(amount) },
    ...{
      createdAt: fc.option(
        fc
          .date({ noInvalidDate: true, min: new Date('1970-01-02'), max: new Date('2100-01-01') })
          .map((at) => at.toISOString()),
      ),
    },
    updatedAt: fc.option(text),
  });

  test('a reader of CSV gets every cell back, numbers as numbers, and nothing is a formula [T23]', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 4 }), (operations) => {
        const file = operationsCsv(operations, words);
        expect(formulasIn(file)).toEqual([]);
        const rows = parse(file, { bom: true, delimiter, from: 2, record_delimiter: '\r\n' });
        expect(rows).toHaveLength(operations.length);
        rows.forEach((cells, at) => {
          const { sourceAmount, targetAmount, fee, sourceAsset, id } = operations[at] as Operation;
          expect(cells).toHaveLength(11);
          const numbers = [sourceAmount, targetAmount, fee].map((number) => (number ?? '').replace('.', decimal));
          expect([cells[4], cells[6], cells[8]]).toEqual(numbers);
          expect(withoutApostrophes(cells[5])).toBe(withoutApostrophes(sourceAsset ?? ''));
          expect(withoutApostrophes(cells[9])).toBe(withoutApostrophes(id));
        });
      }),
      fuzzRuns(300),
    );
  });

  function withoutApostrophes(cell = ''): string {
    // Half signs cannot be written in UTF-8.
    return Buffer.from(cell.replaceAll("'", '')).toString();
  }
});
