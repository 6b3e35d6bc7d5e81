import type { IncomingMessage, ServerResponse } from 'node:http';

/** Reads a request's whole body as UTF-8. */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Answers in two chunks, without a length, with header names in lower case. HTTP allows this, but some clients do not
 * expect it. A chunk may end in the middle of a character.
 */
export function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  const bytes = Buffer.from(text);
  const half = Math.floor(bytes.length / 2);
  response.writeHead(status, {
    date: new Date().toUTCString(),
    connection: 'keep-alive',
    'transfer-encoding': 'chunked',
    'cache-control': 'no-store',
    'content-type': `${contentType}; charset=utf-8`,
  });
  response.write(bytes.subarray(0, half));
  response.end(bytes.subarray(half));
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json', JSON.stringify(value));
}
