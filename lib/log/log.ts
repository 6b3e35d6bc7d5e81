import 'server-only';
import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { config } from '@/lib/config/config';
import { currentRequest } from '@/lib/request-context';
import { singleton } from '@/lib/singleton';
import { LogBounds } from './bounds';

let logger: Logger | undefined;

/**
 * The portal's log: JSON, one event a line, on standard output; each line of a request carries the request's id.
 * Log ids and codes, never details, tokens, e-mail addresses or whole errors of a library.
 * (ASVS 5.0 16.2.1-16.2.5, 16.4.1)
 */
export function log(): Logger {
  logger ??= createLog(config().logLevel, undefined, logBounds());
  return logger;
}

/** How many lines of a kind this process writes a minute; for all of Next's bundles together. */
export function logBounds(): LogBounds {
  return singleton('log-bounds', () => ({
    current: new LogBounds((leftOut) => log().warn({ event: 'lines_left_out', ...leftOut })),
  })).current;
}

const SECRET_FIELDS = ['token', 'refreshToken', 'password', 'apiKey', 'email', 'cookie', 'authorization', 'secret'];

/**
 * A log of this level.
 * @param stream where the lines go; standard output unless a test wants them.
 * @param bounds how many lines of a kind are written; all of them without it.
 */
export function createLog(level: string, stream?: DestinationStream, bounds?: LogBounds): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // The second net: callers are to log none of these, at any depth that a call of ours has.
    redact: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
    mixin: () => {
      const requestId = currentRequest()?.requestId;
      return requestId ? { requestId } : {};
    },
    // An error as such would be written with its message, which may hold what somebody typed.
    errorKey: 'unused',
    hooks: {
      logMethod([first, ...rest], method) {
        const fields: unknown = first instanceof Error ? { error: describeError(first) } : first;
        if (bounds && !bounds.admits(fields)) return;
        method.apply(this, [fields, ...rest] as Parameters<typeof method>);
      },
    },
    serializers: {
      err: describeError,
      error: (value: unknown) => (value instanceof Error ? describeError(value) : value),
    },
  };
  return stream ? pino(options, stream) : pino(options);
}

/** What of an error may be logged: its kind and code. Messages of libraries can hold query parameters. */
export function describeError(error: unknown): { kind: string; code?: string } {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { code } = error as { code?: unknown };
  const cause = error.cause instanceof Error ? describeError(error.cause) : undefined;
  const known = typeof code === 'string' ? code : cause?.code;
  return { kind: error.name, ...(known ? { code: known } : {}) };
}

/** Where an error arose: the frames of its stack, without the message above them. */
export function stackFrames(error: Error): string[] {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, 8).map((line) => line.trim().slice(0, 200));
}
