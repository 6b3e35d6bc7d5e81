import 'server-only';
import { log } from '@/lib/log/log';
import type { Keyring } from './keyring';

type Value = string | number | boolean | Date | null;

/** Columns of a table that belong together, and the MAC that shows it. */
export interface BoundRow<Column extends string> {
  /** Returns the MAC of these columns by the writing key, for the row's `mac`. */
  mac(keyring: Keyring, row: Record<Column, Value>): string;
  /** Reports whether the row is as the portal wrote it. Logs an alarm when it is not. */
  isIntact(keyring: Keyring, row: Record<Column, Value> & { mac: string | null }): boolean;
  /** Returns the MAC by the writing key, or null when the row has it already. @throws IntegrityError when not intact. */
  renewed(keyring: Keyring, row: Record<Column, Value> & { mac: string | null }): string | null;
}

/** Reports a row that somebody has changed past the portal. Holds no value of it. */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';
}

/**
 * Binds columns of a row to each other. Write access to the database is then not enough to exchange them between two
 * rows or to make up a row. Restoring a whole row as it once was is not noticed. (HMAC, RFC 2104)
 */
export function boundRow<const Column extends string>(table: string, columns: readonly Column[]): BoundRow<Column> {
  const covered = (row: Record<Column, Value>) =>
    JSON.stringify([table, ...columns.map((column) => [column, row[column]])]);
  const isIntact: BoundRow<Column>['isIntact'] = (keyring, row) => {
    const intact = row.mac !== null && keyring.hasTag(covered(row), row.mac);
    if (!intact) logTampering(table);
    return intact;
  };
  return {
    mac: (keyring, row) => keyring.tag(covered(row)),
    isIntact,
    renewed(keyring, row) {
      if (!isIntact(keyring, row)) throw new IntegrityError(table);
      return isCurrentTag(keyring, row.mac) ? null : keyring.tag(covered(row));
    },
  };
}

/** Reports whether the writing key made this tag or blind index, `kid.mac`. */
export function isCurrentTag(keyring: Keyring, tag: string | null): boolean {
  return tag?.split('.')[0] === keyring.kids[0];
}

/** Raises the alarm of every row that is not as the portal wrote it. @param rows how many, when more than one is known. */
export function logTampering(table: string, rows?: number): void {
  log().error({ event: 'integrity_check_failed', table, rows });
}
