import 'server-only';
import { createHash } from 'node:crypto';

/** Returns what the database keeps of a session cookie: enough to recognise it, useless to a reader of the table. */
export function hashSessionToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
