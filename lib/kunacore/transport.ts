import {
  MalformedAnswerError,
  RefusedAnswerError,
  RejectedError,
  TimeoutError,
  UnauthorisedError,
  UnreachableError,
} from './errors';
import { retryAfterMs } from './retry-after';

/** One request. */
export interface Call {
  method: 'GET' | 'POST';
  /** Path with query, e.g. `/v2/operation/find?skip=0`. */
  path: string;
  body?: object;
  headers?: Record<string, string>;
  /** Over connecting, headers and body, in milliseconds. */
  deadline: number;
  /** Ends the call early with the caller's own deadline. */
  signal?: AbortSignal;
}

/** A good answer: its status is 2xx, its text complete. */
export interface Answer {
  endpoint: string;
  text: string;
}

const LARGEST = 256 * 1024;

/**
 * Sends one request and reads its whole answer. Redirects are not followed: Node would carry the api-key header, and
 * on 307 the body, to another host. Compression is refused: a small answer could unpack to gigabytes.
 * @throws UnreachableError, TimeoutError, RefusedAnswerError, RejectedError, UnauthorisedError
 */
export async function send(apiUrl: string, call: Call): Promise<Answer> {
  const endpoint = call.path.split('?')[0] ?? call.path;
  const timeout = AbortSignal.timeout(call.deadline);
  const signal = call.signal ? AbortSignal.any([timeout, call.signal]) : timeout;
  try {
    const response = await fetch(apiUrl + call.path, {
      method: call.method,
      redirect: 'manual',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...(call.body ? { 'content-type': 'application/json' } : {}),
        ...call.headers,
      },
      ...(call.body ? { body: JSON.stringify(call.body) } : {}),
      signal,
    });
    return await receive(endpoint, response);
  } catch (error) {
    throw translate(endpoint, call.deadline, error, signal);
  }
}

async function receive(endpoint: string, response: Response): Promise<Answer> {
  const reason = refusal(response);
  if (reason) {
    await response.body?.cancel();
    throw new RefusedAnswerError(endpoint, reason);
  }
  const text = await readCapped(endpoint, response);
  if (response.ok) return { endpoint, text };
  const Rejection = response.status === 401 ? UnauthorisedError : RejectedError;
  throw new Rejection(endpoint, response.status, errorCode(text), retryAfterMs(response.headers.get('retry-after')));
}

function refusal(response: Response): 'redirect' | 'content-encoding' | undefined {
  if (response.status >= 300 && response.status < 400) return 'redirect';
  const encoding = response.headers.get('content-encoding');
  return encoding && encoding !== 'identity' ? 'content-encoding' : undefined;
}

async function readCapped(endpoint: string, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || !value) return Buffer.concat(chunks).toString('utf8');
    size += value.byteLength;
    if (size > LARGEST) {
      await reader?.cancel();
      throw new RefusedAnswerError(endpoint, 'too-large');
    }
    chunks.push(value);
  }
}

/** KunaCore's error bodies are not documented: a code is taken from where one may stand, if it looks like one. */
function errorCode(text: string): string | undefined {
  try {
    const body = JSON.parse(text) as { errors?: { code?: unknown }[]; code?: unknown; error?: unknown } | null;
    const candidates = [body?.errors?.[0]?.code, body?.code, body?.error];
    const code = candidates.find((value) => typeof value === 'string' || typeof value === 'number');
    return code !== undefined && /^[\w .-]{1,64}$/.test(String(code)) ? String(code) : undefined;
  } catch {
    return undefined;
  }
}

function translate(endpoint: string, deadline: number, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof RefusedAnswerError || error instanceof RejectedError) return error;
  if (signal.aborted) return new TimeoutError(endpoint, deadline);
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = (cause as { code?: unknown } | null)?.code;
  return new UnreachableError(endpoint, typeof code === 'string' ? code : 'unknown');
}

/** The answer's JSON without its envelope `{"data": …}`. @throws MalformedAnswerError */
export function unwrap({ endpoint, text }: Answer): unknown {
  try {
    const body = JSON.parse(text) as unknown;
    if (typeof body === 'object' && body !== null && 'data' in body) return body.data;
  } catch {
    throw new MalformedAnswerError(endpoint, 'not JSON');
  }
  throw new MalformedAnswerError(endpoint, 'no data');
}
