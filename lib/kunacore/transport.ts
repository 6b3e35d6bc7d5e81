import { errorCode } from './error-code';
import { RefusedAnswerError, RejectedError, TimeoutError, UnauthorisedError, UnreachableError } from './errors';
import { retryAfterMs } from './retry-after';

/** One request. */
export interface Call {
  method: 'GET' | 'POST';
  /** Path with query, e.g. `/v2/operation/find?take=20`. */
  path: string;
  body?: object;
  /** Over everything until the last byte of the answer, in milliseconds. */
  deadline: number;
}

/** A good answer: its status is 2xx, its text complete. */
export interface Answer {
  endpoint: string;
  text: string;
}

/** Where requests go, and by what. */
export interface Connection {
  /** Base URL without a slash at its end. */
  apiUrl: string;
  fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  now: () => number;
}

const LARGEST = 256 * 1024;

/**
 * Sends one request and reads its whole answer. Redirects are not followed: Node would carry the api-key header, and
 * on 307 the body, to another host. Compression is refused: a small answer could unpack to gigabytes.
 * @param credentials headers that say who asks.
 * @param signal the call's deadline, already running.
 * @throws UnreachableError, TimeoutError, RefusedAnswerError, RejectedError, UnauthorisedError
 */
export async function send(
  connection: Connection,
  call: Call,
  credentials: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  const endpoint = endpointOf(call);
  const { response, text } = await exchange(connection, call, credentials, signal);
  if (response.ok) return { endpoint, text };
  const code = errorCode(text, [call.body, credentials]);
  const retryAfter = retryAfterMs(response.headers.get('retry-after'), connection.now());
  if (response.status === 401) throw new UnauthorisedError(endpoint, code, retryAfter);
  throw new RejectedError(endpoint, response.status, code, retryAfter);
}

/** The path without the query: what an error may name. */
export function endpointOf({ path }: Call): string {
  return path.split('?')[0] ?? path;
}

async function exchange(
  { apiUrl, fetch }: Connection,
  call: Call,
  credentials: Record<string, string>,
  signal: AbortSignal,
): Promise<{ response: Response; text: string }> {
  let response: Response | undefined;
  try {
    response = await fetch(apiUrl + call.path, {
      method: call.method,
      redirect: 'manual',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...(call.body ? { 'content-type': 'application/json' } : {}),
        ...credentials,
      },
      ...(call.body ? { body: JSON.stringify(call.body) } : {}),
      signal,
    });
    return { response, text: await readText(endpointOf(call), response) };
  } catch (error) {
    if (error instanceof RefusedAnswerError) throw error;
    // What fetch throws may hold headers and addresses: only its code goes on.
    if (signal.aborted) throw new TimeoutError(endpointOf(call), call.deadline);
    throw new UnreachableError(endpointOf(call), systemCode(error), response !== undefined);
  }
}

async function readText(endpoint: string, { status, headers, body }: Response): Promise<string> {
  if (status >= 300 && status < 400) return refuse(endpoint, 'redirect', body);
  const encoding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') return refuse(endpoint, 'content-encoding', body);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || !value) return Buffer.concat(chunks).toString('utf8');
    size += value.byteLength;
    if (size > LARGEST) return refuse(endpoint, 'too-large', reader);
    chunks.push(value);
  }
}

/** Stops the rest of the answer and throws. */
function refuse(
  endpoint: string,
  reason: RefusedAnswerError['reason'],
  rest: { cancel(): Promise<void> } | null | undefined,
): never {
  rest?.cancel().catch(() => undefined);
  throw new RefusedAnswerError(endpoint, reason);
}

function systemCode(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}
