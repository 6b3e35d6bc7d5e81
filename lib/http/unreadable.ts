import 'server-only';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { config } from '@/lib/config/config';
import { HTML, htmlPageStyleHash, renderHtmlPage } from '@/lib/html/page';
import { log } from '@/lib/log/log';
import { singleton } from '@/lib/singleton';
import { defaultHeaders } from './security-headers';

/** Maps the errors of Node's parser to a status. All others are 400. */
const STATUS: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
/** Leaves the client time to read the response. Closing at once while it still sends would cut the response off. */
const LINGER_MS = 2_000;
const LOG_WINDOW_MS = 60_000;

const seen = singleton('unreadable', () => ({
  responded: new WeakSet<Socket>(),
  logged: new Map<string, { at: number; since: number }>(),
}));

/**
 * Responds to a request that Node could not parse, or that took too long, and closes the connection. Node's own response
 * has no body; a person with too many cookies needs an explanation.
 * @param isResponding whether another response has started. A second one would corrupt it.
 */
export function rejectUnreadable(error: Error & { code?: string }, socket: Socket, isResponding: boolean): void {
  if (seen.responded.has(socket)) return;
  seen.responded.add(socket);
  const { code = '' } = error;
  if (isResponding || !socket.writable || code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = STATUS[code] ?? 400;
  const requestId = randomUUID();
  logOnce(code, status, requestId);
  void rawResponse(status, requestId).then((response) => socket.end(response));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

async function rawResponse(status: number, requestId: string): Promise<string> {
  const body = status === 431 ? await tooManyCookies() : '';
  const headers = {
    ...defaultHeaders(config()),
    ...(body ? { 'content-security-policy': `default-src 'none'; style-src ${htmlPageStyleHash}` } : {}),
    'content-type': HTML,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-request-id': requestId,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** Renders the page in every language, because the headers with the person's language were not read. */
async function tooManyCookies(): Promise<string> {
  const [first, ...also] = await Promise.all(
    config().languages.map(async (lang) => {
      const { default: messages } = await import(`@/lib/messages/${lang}.json`);
      return { lang, ...messages.errors.refused.headers };
    }),
  );
  return renderHtmlPage({ ...first, also });
}

/** Logs one line a minute for each kind, with the number since the last line, because any client can cause them. */
function logOnce(code: string, status: number, requestId: string): void {
  const kind = code || 'unknown';
  const last = seen.logged.get(kind) ?? { at: Number.NEGATIVE_INFINITY, since: 0 };
  const isDue = performance.now() - last.at >= LOG_WINDOW_MS;
  seen.logged.set(kind, isDue ? { at: performance.now(), since: 0 } : { ...last, since: last.since + 1 });
  if (isDue) log().warn({ event: 'request_unreadable', code: kind, status, requestId, before: last.since });
}
