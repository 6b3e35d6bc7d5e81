import 'server-only';
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';

// The place of a line in a list, for the address of the next page: in microseconds, which a Date cannot hold. By a
// rounded time, the next page would repeat the last line, or never pass many lines of the same moment.

/** Returns a time in microseconds since the epoch, as text. */
export function microsOf(time: SQLWrapper): SQL<string> {
  return sql<string>`(extract(epoch from ${time}) * 1000000)::bigint::text`;
}

/** Returns the time of `microsOf`. */
export function timeOf(micros: string): SQL {
  return sql`(timestamptz 'epoch' + ${micros}::float8 * interval '1 microsecond')`;
}
