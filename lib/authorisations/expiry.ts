import 'server-only';
import { type SQL, sql } from 'drizzle-orm';

/** Returns a moment as a database value, to be compared with the database's own clock. */
export function asTime(moment: Date): SQL {
  return sql`${moment.toISOString()}::timestamptz`;
}

/** Returns the token's `exp`, at most 48 hours from now; null where it has none. */
export function believedUntil(expiresAt: Date | null): SQL | null {
  return expiresAt ? sql`least(${asTime(expiresAt)}, now() + interval '48 hours')` : null;
}
