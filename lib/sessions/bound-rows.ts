import 'server-only';
import { boundRow } from '@/lib/crypto/bound-row';

/** What a session's row says about who is asking and until when. A column that decides about that is added here. */
export const boundSessions = boundRow('sessions', [
  'id',
  'tokenHash',
  'userId',
  'role',
  'provider',
  'authenticatedAt',
  'expiresAt',
]);

/** Which address a sign-in link signs in, and until when. */
export const boundLinks = boundRow('verification_tokens', ['identifier', 'token', 'expiresAt']);
