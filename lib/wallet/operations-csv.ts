import { stringify } from 'csv-stringify/sync';
import type { Language } from '@/lib/choices';
import { formatForSpreadsheet } from '@/lib/date-format';
import { formatMoney } from '@/lib/money/format';
import type { OperationWords } from './operation-words';
import type { Operation } from './operations-schema';

const COLUMNS = [
  'createdAt',
  'updatedAt',
  'type',
  'status',
  'sourceAmount',
  'sourceAsset',
  'targetAmount',
  'targetAsset',
  'fee',
  'id',
  'meaning',
] as const satisfies (keyof Operation | 'meaning')[];
type Column = (typeof COLUMNS)[number];

/** Where a language writes decimals with a comma, its spreadsheets split at semicolons. */
function separatorsOf(language: Language): { delimiter: string; decimal: string } {
  const hasComma = formatMoney('0.5', null, language).includes(',');
  return hasComma ? { delimiter: ';', decimal: ',' } : { delimiter: ',', decimal: '.' };
}

/** Language and time zone of a file. */
export interface CsvFormat {
  language: Language;
  timeZone: string;
  heading: (column: Column) => string;
  words: (operation: Operation) => Pick<OperationWords, 'type' | 'status' | 'meaning'>;
}

/**
 * Converts operations to CSV (RFC 4180) with a byte order mark, which spreadsheets need to read UTF-8. Amounts stay
 * numbers; times are in the zone that the heading names. The last column says what the status means, such as "Nothing was
 * bought". Formulas are made harmless (OWASP, CSV injection; CWE-1236).
 */
export function operationsCsv(operations: Operation[], format: CsvFormat): string {
  const { delimiter, decimal } = separatorsOf(format.language);
  const time = (value: string) => formatForSpreadsheet(value, format.timeZone) ?? harmless(value);
  const write: Partial<Record<Column, (value: string) => string>> = {
    createdAt: time,
    updatedAt: time,
    ...amounts((value) => (NUMBER.test(value) ? value.replace('.', decimal) : harmless(value))),
  };
  const rows = operations
    .map((operation) => ({ ...operation, ...format.words(operation) }))
    .map((row) => COLUMNS.map((column) => (write[column] ?? harmless)(row[column] ?? '')));
  return stringify([COLUMNS.map((column) => harmless(format.heading(column))), ...rows], {
    delimiter,
    bom: true,
    record_delimiter: 'windows',
    // A line break of any kind; separators and quotes are quoted anyway.
    quoted_match: /[\r\n]/,
  });
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

function amounts(write: (value: string) => string) {
  return { sourceAmount: write, targetAmount: write, fee: write };
}

/** Puts an apostrophe before a formula, at the start, after blanks, and after anything that may end a cell. */
function harmless(text: string): string {
  return text.replace(
    /(?<=^|[,;|\t\r\n"'])(?=[\p{White_Space}\p{Default_Ignorable_Code_Point}]*?[=+\-@＝＋－＠﹢﹣﹦﹫\t\r])/gu,
    "'",
  );
}
