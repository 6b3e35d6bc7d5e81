import { stringify } from 'csv-stringify/sync';
import type { Language } from '@/lib/choices';
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
] as const satisfies (keyof Operation)[];
type Column = (typeof COLUMNS)[number];

/** What a spreadsheet of the language expects: Ukrainian Excel splits at semicolons and reads decimal commas. */
const FORMATS: Record<Language, { delimiter: string; decimal: string }> = {
  en: { delimiter: ',', decimal: '.' },
  uk: { delimiter: ';', decimal: ',' },
};

/** In whose language and zone a file is written. */
export interface CsvWords {
  language: Language;
  timeZone: string;
  heading: (column: Column) => string;
  typeName: (word: string) => string;
  statusName: (word: string) => string;
}

/**
 * Operations → CSV (RFC 4180) with a byte order mark, which spreadsheets need to read UTF-8. Amounts stay numbers and
 * times are times of the zone, which the heading names. Texts that a spreadsheet would run as a formula are made
 * harmless (OWASP, CSV injection; CWE-1236).
 */
export function operationsCsv(operations: Operation[], words: CsvWords): string {
  const { delimiter, decimal } = FORMATS[words.language];
  const time = timeWriter(words.timeZone);
  const write: Partial<Record<Column, (value: string) => string>> = {
    createdAt: time,
    updatedAt: time,
    type: (word) => harmless(words.typeName(word)),
    status: (word) => harmless(words.statusName(word)),
    ...amounts((value) => (NUMBER.test(value) ? value.replace('.', decimal) : harmless(value))),
  };
  const rows = operations.map((operation) =>
    COLUMNS.map((column) => (write[column] ?? harmless)(operation[column] ?? '')),
  );
  return stringify([COLUMNS.map((column) => harmless(words.heading(column))), ...rows], {
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

/**
 * Puts an apostrophe before what begins a formula, also behind blanks, and behind whatever a spreadsheet with other
 * settings may take for the end of a cell.
 */
function harmless(text: string): string {
  return text.replace(
    /(?<=^|[,;|\t\r\n"'])(?=[\p{White_Space}\p{Default_Ignorable_Code_Point}]*?[=+\-@＝＋－＠﹢﹣﹦﹫\t\r])/gu,
    "'",
  );
}

/** "2026-11-23 12:00:00", which every spreadsheet reads as a time, also with another language. */
function timeWriter(timeZone: string): (value: string) => string {
  // Swedish writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  return (value) => {
    const at = new Date(value);
    return Number.isNaN(at.getTime()) ? harmless(value) : format.format(at);
  };
}
