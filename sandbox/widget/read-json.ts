import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { Refusal, refuseFields } from './refusal';

/** In bytes, far above the largest form, the identity check. */
const MAX_BODY = 8 * 1024;

/**
 * Reads a JSON body.
 *
 * @throws Refusal 415 for another content type, 413 above 8 KiB, 400 if it is not JSON
 */
export async function readJson(req: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(req.headers['content-type'] ?? '')) {
    throw new Refusal(415, { error: 'content-type', message: 'Send JSON.' });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  // Keep the socket open, because the refusal is still to be sent.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Refusal(413, { error: 'too-large', message: 'That is too much text.' });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(400, { error: 'json', message: 'That is not JSON.' });
  }
}

/**
 * Checks a body against its schema.
 *
 * @throws Refusal 422 with the first message of each invalid field, 400 if it is not an object
 */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { fieldErrors } = z.flattenError(parsed.error) as { fieldErrors: Record<string, string[] | undefined> };
  const fields = Object.entries(fieldErrors).map(([name, messages]) => [name, messages?.[0] ?? 'This is not valid.']);
  if (fields.length === 0) throw new Refusal(400, { error: 'body', message: 'Send a JSON object.' });
  throw refuseFields(Object.fromEntries(fields));
}
