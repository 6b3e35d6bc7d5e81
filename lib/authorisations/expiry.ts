import 'server-only';
import { type SQL, sql } from 'drizzle-orm';

/** The longest a token's own word about its end is believed. */
const LONGEST = sql`interval '48 hours'`;

/** A moment as a database value, to be compared with the database's own clock. */
export function asTime(moment: Date): SQL {
  return sql`${moment.toISOString()}::timestamptz`;
}

/** When the portal takes a token to have run out: its own `exp`, but at most 48 hours from now; null where it has none. */
export function believedUntil(expiresAt: Date | null): SQL | null {
  return expiresAt ? sql`least(${asTime(expiresAt)}, now() + ${LONGEST})` : null;
}
