import 'server-only';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { brand } from '@/lib/brand/brand';
import type { Language } from '@/lib/choices';
import { config } from '@/lib/config/config';
import { HTML, htmlPageStyleHash, renderHtmlPage } from '@/lib/html/page';
import { log } from '@/lib/log/log';
import en from '@/lib/messages/en.json';
import uk from '@/lib/messages/uk.json';
import { singleton } from '@/lib/singleton';
import { defaultHeaders } from './security-headers';

/** What Node's parser says of what it could not read, and the status of it. Anything else is 400. */
const STATUS: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
/** So long a client may take to read the answer: closed at once, what it still sends would cut the answer off. */
const LINGER_MS = 2_000;
const LOG_WINDOW_MS = 60_000;

const seen = singleton('unreadable', () => ({
  answered: new WeakSet<Socket>(),
  logged: new Map<string, { at: number; since: number }>(),
}));

/**
 * Answers a client that Node could not understand, or that took too long, and closes the connection. Node's own answer
 * has no body; too many cookies happen to people, so that they read what to do.
 * @param isAnswering whether an answer is under way, which another one would garble.
 */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket, isAnswering: boolean): void {
  if (seen.answered.has(socket)) return;
  seen.answered.add(socket);
  const { code = '' } = error;
  if (isAnswering || !socket.writable || code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = STATUS[code] ?? 400;
  const requestId = randomUUID();
  logOnce(code, status, requestId);
  socket.end(answer(status, requestId));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function answer(status: number, requestId: string): string {
  const body = status === 431 ? tooManyCookies() : '';
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

/** In every language: which one the person reads stands in headers that were not read. */
function tooManyCookies(): string {
  const words = { en, uk } satisfies Record<Language, unknown>;
  const inLanguage = (lang: Language) => ({ lang, ...words[lang].errors.refused.headers });
  const others = (Object.keys(words) as Language[]).filter((lang) => lang !== brand.language);
  return renderHtmlPage({ ...inLanguage(brand.language), also: others.map(inLanguage) });
}

/** One line a minute for each kind, with how many there were since the last one: anybody can cause them. */
function logOnce(code: string, status: number, requestId: string): void {
  const kind = code || 'unknown';
  const last = seen.logged.get(kind) ?? { at: Number.NEGATIVE_INFINITY, since: 0 };
  const isDue = performance.now() - last.at >= LOG_WINDOW_MS;
  seen.logged.set(kind, isDue ? { at: performance.now(), since: 0 } : { ...last, since: last.since + 1 });
  if (isDue) log().warn({ event: 'request_unreadable', code: kind, status, requestId, before: last.since });
}
