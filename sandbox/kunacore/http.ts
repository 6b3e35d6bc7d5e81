import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Switches } from './switches';

/** A refusal of the API: a status, a code and a sentence. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const LARGEST = 64 * 1024;

/** Reads the body as text. Keeps only enough of an oversized one for `parseBody` to detect it. */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Always read the whole body, because a half-read request breaks its connection and the response with it.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (size <= LARGEST) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Parses the body as JSON of this shape. @throws ApiError 413, or 400 that names the fields. */
export function parseBody<T>(request: IncomingMessage, text: string, schema: z.ZodType<T>): T {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new ApiError(400, 'BAD_CONTENT_TYPE', 'content-type must be application/json');
  }
  if (Buffer.byteLength(text) > LARGEST) throw new ApiError(413, 'TOO_LARGE', 'The body is too large');
  const parsed = schema.safeParse(toJson(text));
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.flatMap(fieldsOf))];
  throw new ApiError(400, 'VALIDATION_ERROR', `Check ${fields.join(', ')}`);
}

function fieldsOf(issue: z.core.$ZodIssue): string[] {
  return issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.join('.') || 'body'];
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'BAD_JSON', 'The body is not JSON');
  }
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  sendText(response, status, JSON.stringify(body), headers);
}

/** Answers with a text that is JSON. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text);
}

/** Answers with an error in the switch's shape. */
export function sendError(
  response: ServerResponse,
  switches: Switches,
  error: ApiError,
  headers: Record<string, string> = {},
): void {
  const { status, code, message } = error;
  if (switches.errorBody === 'text') {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${code}: ${message}`);
    return;
  }
  const body =
    switches.errorBody === 'errors' ? { errors: [{ code, message }] } : { statusCode: status, message, error: code };
  sendJson(response, status, body, headers);
}
