import 'server-only';
import { log } from '@/lib/log/log';
import type { Keyring } from './keyring';

type Value = string | number | boolean | Date | null;

/** Protects columns of a row by a common MAC. */
export interface BoundRow<Column extends string> {
  /** Returns the MAC of these columns by the writing key, for the row's `mac`. */
  mac(keyring: Keyring, row: Record<Column, Value>): string;
  /** Reports whether the row is unchanged since the portal wrote it. Logs an alarm otherwise. */
  isIntact(keyring: Keyring, row: Record<Column, Value> & { mac: string | null }): boolean;
  /** Returns the MAC by the writing key, or null when it is current. @throws IntegrityError when the row was changed. */
  renewed(keyring: Keyring, row: Record<Column, Value> & { mac: string | null }): string | null;
}

/** Thrown for a row that was changed without the portal. Contains no value of the row. */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';
}

/**
 * Binds columns of a row to each other. An attacker with write access to the database can then neither swap them between
 * rows nor invent a row. Does not detect an older version of the whole row. (HMAC, RFC 2104)
 * @param later columns of a later version. A null is left out, so that older rows keep their MAC.
 */
export function boundRow<const Column extends string>(
  table: string,
  columns: readonly Column[],
  later: readonly Column[] = [],
): BoundRow<Column> {
  const covered = (row: Record<Column, Value>) => {
    const filled = later.filter((column) => row[column] !== null);
    return JSON.stringify([table, ...[...columns, ...filled].map((column) => [column, row[column]])]);
  };
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

/** Logs an alarm about rows that were changed without the portal. @param rows their number, when known. */
export function logTampering(table: string, rows?: number): void {
  log().error({ event: 'integrity_check_failed', table, rows });
}
