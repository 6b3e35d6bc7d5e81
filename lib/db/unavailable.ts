import 'server-only';

/** Thrown when the database cannot be reached. Respond with 503: whether the person is signed in is unknown. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/**
 * Matches SQLSTATE classes of a faulty statement (PostgreSQL manual, appendix A): cardinality, data, constraint, syntax
 * or access rule, `raise`.
 */
const STATEMENT_AT_FAULT = /^(?:21|22|23|42|P0)/;

/**
 * Reports whether an error means that the database is down, read-only, overloaded or undecided. A cut connection has no
 * code, a code of Node, or one of a dozen SQLSTATE classes. After such an error, the last statement may or may not have
 * been executed.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // By name: each of Next's bundles has its own copy of the class.
  if (error.name === 'DatabaseUnavailable') return true;
  return isFailedQuery(error) ? !STATEMENT_AT_FAULT.test(codeOf(error.cause)) : isDatabaseUnavailable(error.cause);
}

/** Awaits a call of the driver. @throws DatabaseUnavailable instead of the driver's error. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new DatabaseUnavailable('The database cannot be reached', { cause });
  }
}

/** Recognises drizzle's wrapper around an error of the driver (DrizzleQueryError). */
function isFailedQuery(error: Error): boolean {
  return 'query' in error && 'params' in error;
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
