import 'server-only';
import { boundRow } from '@/lib/crypto/bound-row';

/** Binds the columns that decide whose session it is and when it ends. Add every further column that decides this. */
export const boundSessions = boundRow(
  'sessions',
  ['id', 'tokenHash', 'userId', 'role', 'provider', 'authenticatedAt', 'expiresAt'],
  ['providerSession', 'roleGroup'],
);

/** Binds the address and the expiry of a sign-in link. */
export const boundLinks = boundRow('verification_tokens', ['identifier', 'token', 'expiresAt']);
