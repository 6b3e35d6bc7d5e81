import 'server-only';
import { format } from 'node:util';
import { currentRequest } from '@/lib/request-context';
import { describeError, log, stackFrames } from './log';

/** JSON leaves these as they are; a terminal may obey them, or break the line. */
const UNESCAPED = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * From now on what the framework and libraries print becomes events of the log: one line, and of an error its kind and
 * place, not its message. In production only; a developer wants to read Next's own words.
 */
export function logConsole(): void {
  for (const [method, level] of [
    ['error', 'error'],
    ['warn', 'warn'],
    ['log', 'info'],
    ['info', 'info'],
    ['debug', 'debug'],
  ] as const) {
    console[method] = (...said: unknown[]) => {
      const error = said.find((part) => part instanceof Error);
      // Told with its route and digest by `onRequestError` (instrumentation.ts).
      if (error && level === 'error' && currentRequest()) return;
      const event = { event: 'console', ...(error ? { error: describeError(error), at: stackFrames(error) } : {}) };
      // With an error, the words beside it are often its message once more.
      const words = error ? [] : said.filter((part) => typeof part !== 'object');
      log()[level](
        event,
        format(...words)
          .replace(UNESCAPED, ' ')
          .slice(0, 500),
      );
    };
  }
}
