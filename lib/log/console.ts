import 'server-only';
import { format } from 'node:util';
import { currentRequest } from '@/lib/request-context';
import { describeError, log, stackFrames } from './log';

/** Characters that JSON does not escape and that a terminal may interpret. */
const UNESCAPED = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * Redirects the console output of the framework and libraries to the log, one line each. Logs an error's kind and stack
 * frames without its message. Used in production only, where developers do not read Next's output.
 */
export function logConsole(): void {
  for (const [method, level] of [
    ['error', 'error'],
    ['warn', 'warn'],
    ['log', 'info'],
    ['info', 'info'],
    ['debug', 'debug'],
  ] as const) {
    console[method] = (...args: unknown[]) => {
      const error = args.find((arg) => arg instanceof Error);
      // `onRequestError` (instrumentation.ts) logs it with its route and digest.
      if (error && level === 'error' && currentRequest()) return;
      const event = { event: 'console', ...(error ? { error: describeError(error), at: stackFrames(error) } : {}) };
      // Text next to an error often repeats its message.
      const texts = error ? [] : args.filter((arg) => typeof arg !== 'object');
      log()[level](
        event,
        format(...texts)
          .replace(UNESCAPED, ' ')
          .slice(0, 500),
      );
    };
  }
}
