import 'server-only';
import { isTelemetryOn, record, traced } from './telemetry';

type Query = (...args: unknown[]) => unknown;

/** A connection, or an engine, that runs statements: of pg, or PGlite. */
export interface Queryable {
  // biome-ignore lint/suspicious/noExplicitAny: the overloads of both drivers have no common type.
  query: any;
}

const OPERATION = /^\s*(select|insert|update|delete|with|begin|commit|rollback|savepoint|release|set)\b/i;
/** As drizzle quotes it, or as our own statements insert. Names come from the code: values are parameters. */
const TABLE = /\b(?:(?:from|into|update)\s+"|insert into\s+)([a-z_]{1,40})/i;

/**
 * Reports every statement of a connection from now on: its first word, its first table and its duration, never its text
 * or its parameters. Changes nothing while telemetry is off.
 */
export function reportStatements(connection: Queryable): void {
  if (!isTelemetryOn()) return;
  const query: Query = connection.query.bind(connection);
  connection.query = (...args: unknown[]) => {
    const callback = args.at(-1);
    if (typeof callback !== 'function') return report(args[0], () => query(...args) as Promise<unknown>);
    // pg's pool asks with a callback.
    const work = () =>
      new Promise((resolve, reject) => {
        query(...args.slice(0, -1), (error: unknown, result: unknown) => (error ? reject(error) : resolve(result)));
      });
    report(args[0], work).then(
      (result) => callback(null, result),
      (error) => callback(error),
    );
  };
}

function report<T>(statement: unknown, work: () => Promise<T>): Promise<T> {
  const text = typeof statement === 'string' ? statement : String((statement as { text?: unknown } | null)?.text ?? '');
  const operation = OPERATION.exec(text)?.[1]?.toUpperCase() ?? 'OTHER';
  const table = TABLE.exec(text)?.[1];
  const base = { 'db.system.name': 'postgresql', 'db.operation.name': operation };
  const attributes = table ? { ...base, 'db.collection.name': table } : base;
  const name = table ? `${operation} ${table}` : operation;
  return traced({ name, kind: 'client', attributes, withinTrace: true }, async () => {
    const startedAt = performance.now();
    const finish = (end: { 'error.type'?: string }) =>
      record('db.client.operation.duration', (performance.now() - startedAt) / 1000, { ...base, ...end });
    try {
      const result = await work();
      finish({});
      return result;
    } catch (error) {
      finish({ 'error.type': codeOf(error) });
      throw error;
    }
  });
}

/** Returns the SQLSTATE, or Node's code. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : 'unknown';
}
