import type { Config } from '@/lib/config/config';
import type { LiveSession } from './find';

/**
 * Reports whether a person must sign in again before this session's first purchase (STEP_UP=first-purchase): the session
 * has shown no widget yet, and the last authentication is old. A browser that the portal has not seen starts such a
 * session by the provider's own, without a password.
 */
export function mustSignInToBuy(
  { authorisation, fresh }: Pick<LiveSession, 'authorisation' | 'fresh'>,
  { stepUp }: Pick<Config, 'stepUp'>,
): boolean {
  return stepUp.firstPurchase && authorisation.state === 'none' && !fresh;
}
