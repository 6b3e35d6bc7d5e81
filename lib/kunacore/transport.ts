import type { Envelope } from './encryption';
import { errorCode } from './error-code';
import { RefusedResponseError, RejectedError, TimeoutError, UnauthorisedError, UnreachableError } from './errors';
import { retryAfterMs } from './retry';

/** One request. */
export interface Call {
  method: 'GET' | 'POST';
  /** Path with query, e.g. `/v2/operation/find?take=20`. */
  path: string;
  body?: object;
  /** Covers everything until the last byte of the response, in milliseconds. */
  deadline: number;
}

/** A complete response with status 2xx. */
export interface ApiResponse {
  endpoint: string;
  text: string;
}

/** A successful response with its status, for an observer. */
export interface SeenResponse extends ApiResponse {
  status: number;
}

/** Where requests go, and how. */
export interface Connection {
  /** Base URL without a trailing slash. */
  apiUrl: string;
  fetch: typeof fetch;
  /** Called with every successful response, decrypted, before it is read. */
  onResponse: (response: SeenResponse) => void;
  /** Encrypts bodies, or leaves them as they are. */
  envelope: Envelope;
  /** Milliseconds since the epoch. */
  now: () => number;
}

const LARGEST = 256 * 1024;

/**
 * Sends one request and reads its whole response. Redirects are not followed: Node would carry the api-key header, and
 * on 307 the body, to another host. Compression is refused: a small response could unpack to gigabytes.
 * @param credentials headers that authenticate the institution.
 * @param signal the call's deadline, already running.
 * @throws UnreachableError, TimeoutError, RefusedResponseError, RejectedError, UnauthorisedError
 */
export async function send(
  connection: Connection,
  call: Call,
  credentials: Record<string, string>,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const endpoint = endpointOf(call);
  const { envelope, onResponse } = connection;
  const body = call.body && (await envelope.seal(JSON.stringify(call.body)));
  const { response, text } = await exchange(connection, call, body, credentials, signal);
  if (response.ok) {
    const opened = { endpoint, text: await envelope.open(endpoint, text) };
    onResponse({ ...opened, status: response.status });
    return opened;
  }
  const code = errorCode(await envelope.openError(text), [call.body, credentials]);
  const retryAfter = retryAfterMs(response.headers.get('retry-after'), connection.now());
  if (response.status === 401) throw new UnauthorisedError(endpoint, code, retryAfter);
  throw new RejectedError(endpoint, response.status, code, retryAfter);
}

/** Returns the path without the query, which errors may name. */
export function endpointOf({ path }: Call): string {
  return path.split('?')[0] ?? path;
}

async function exchange(
  { apiUrl, fetch }: Connection,
  call: Call,
  body: string | undefined,
  credentials: Record<string, string>,
  signal: AbortSignal,
): Promise<{ response: Response; text: string }> {
  const { method, path, deadline } = call;
  const endpoint = endpointOf(call);
  let response: Response | undefined;
  try {
    response = await fetch(apiUrl + path, {
      method,
      redirect: 'manual',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...credentials,
      },
      ...(body ? { body } : {}),
      signal,
    });
    return { response, text: await readText(endpoint, response) };
  } catch (error) {
    if (error instanceof RefusedResponseError) throw error;
    // Errors of fetch may hold headers and addresses, so only the code is passed on.
    if (signal.aborted) throw new TimeoutError(endpoint, deadline);
    throw new UnreachableError(endpoint, systemCode(error), response !== undefined);
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

/** Stops reading the response and throws. */
function refuse(
  endpoint: string,
  reason: RefusedResponseError['reason'],
  rest: { cancel(): Promise<void> } | null | undefined,
): never {
  rest?.cancel().catch(() => undefined);
  throw new RefusedResponseError(endpoint, reason);
}

function systemCode(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}
