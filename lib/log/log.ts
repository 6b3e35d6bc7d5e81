import 'server-only';
import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { config } from '@/lib/config/config';
import { currentRequest } from '@/lib/request-context';
import { singleton } from '@/lib/singleton';
import { traceIds } from '@/lib/telemetry/telemetry';
import { LogBounds } from './bounds';

let logger: Logger | undefined;

/**
 * Returns the portal's log: JSON on standard output, one event per line, with the id of the request.
 * Log ids and codes, never details, tokens, e-mail addresses or whole errors of a library.
 * (ASVS 5.0 16.2.1-16.2.5, 16.4.1)
 */
export function log(): Logger {
  logger ??= createLog(config().logLevel, undefined, logBounds());
  return logger;
}

/** Returns the limits of the log, shared by all of Next's bundles. */
export function logBounds(): LogBounds {
  return singleton('log-bounds', () => ({
    current: new LogBounds((leftOut) => log().warn({ event: 'lines_left_out', ...leftOut })),
  })).current;
}

const SECRET_FIELDS = ['token', 'refreshToken', 'password', 'apiKey', 'email', 'cookie', 'authorization', 'secret'];

/**
 * Creates a log of this level.
 * @param stream receives the lines instead of standard output, in tests.
 * @param bounds limits the lines of a kind. Without it, all are written.
 */
export function createLog(level: string, stream?: DestinationStream, bounds?: LogBounds): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Defence in depth: redacts these even if a caller logs them.
    redact: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
    mixin: () => {
      const requestId = currentRequest()?.requestId;
      return { ...(requestId ? { requestId } : {}), ...traceIds() };
    },
    // Pino would write an error with its message, which may contain a person's input.
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

/** Returns the loggable part of an error: kind and code. Messages of libraries can contain query parameters. */
export function describeError(error: unknown): { kind: string; code?: string } {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { code } = error as { code?: unknown };
  const cause = error.cause instanceof Error ? describeError(error.cause) : undefined;
  const known = typeof code === 'string' ? code : cause?.code;
  return { kind: error.name, ...(known ? { code: known } : {}) };
}

/** Returns the stack frames of an error, without its message. */
export function stackFrames(error: Error): string[] {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, 8).map((line) => line.trim().slice(0, 200));
}
