import 'server-only';
import { createHash } from 'node:crypto';

/** Returns the stored hash of a session token. The hash recognises a cookie but cannot sign in. */
export function hashSessionToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
