import { stringify } from 'csv-stringify/sync';
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

/**
 * Operations → CSV (RFC 4180) with a byte order mark, which spreadsheets need to read UTF-8. Texts that a spreadsheet
 * would run as a formula are quoted for it (OWASP, CSV injection; CWE-1236).
 */
export function operationsCsv(operations: Operation[]): string {
  return stringify(operations, {
    header: true,
    columns: [...COLUMNS],
    bom: true,
    record_delimiter: 'windows',
    escape_formulas: true,
  });
}
