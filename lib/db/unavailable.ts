import 'server-only';

/** The database cannot be reached. It says nothing about who is signed in: answer 503, never "signed out". */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/**
 * SQLSTATE classes that blame the statement, not the database (PostgreSQL manual, appendix A): cardinality, data,
 * constraint, syntax or access rule, `raise`.
 */
const STATEMENT_AT_FAULT = /^(?:21|22|23|42|P0)/;

/**
 * Returns whether an error means that the database is gone, read-only, overloaded or undecided, whatever the driver
 * calls it: a cut connection has no code, or Node's, or one of a dozen SQLSTATE classes. After such an error nobody
 * knows whether the last statement was carried out.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // By name: each of Next's bundles has its own copy of the class.
  if (error.name === 'DatabaseUnavailable') return true;
  return isFailedQuery(error) ? !STATEMENT_AT_FAULT.test(codeOf(error.cause)) : isDatabaseUnavailable(error.cause);
}

/** Runs what speaks to the driver itself. @throws DatabaseUnavailable instead of the driver's error. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new DatabaseUnavailable('The database cannot be reached', { cause });
  }
}

/** drizzle's wrapper around whatever the driver threw (DrizzleQueryError). */
function isFailedQuery(error: Error): boolean {
  return 'query' in error && 'params' in error;
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
