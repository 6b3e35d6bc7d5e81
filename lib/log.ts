import 'server-only';
import pino, { type Logger } from 'pino';
import { config } from './config';

let logger: Logger | undefined;

/**
 * The portal's log: JSON, one event a line, on standard output.
 * Log ids and codes, never details, tokens, e-mail addresses or whole errors of a library.
 */
export function log(): Logger {
  logger ??= pino({
    level: config().logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['*.token', '*.password', '*.apiKey', '*.email', '*.cookie', '*.authorization', 'token', 'email'],
  });
  return logger;
}

/** What of an error may be logged: its kind and code. Messages of libraries can hold query parameters. */
export function describeError(error: unknown): { kind: string; code?: string } {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { code } = error as { code?: unknown };
  const cause = error.cause instanceof Error ? describeError(error.cause) : undefined;
  const known = typeof code === 'string' ? code : cause?.code;
  return { kind: error.name, ...(known ? { code: known } : {}) };
}
