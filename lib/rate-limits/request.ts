import 'server-only';
import { subscriberOf } from '@/lib/http/client-address';
import { describeError, log } from '@/lib/log/log';
import { currentRequest } from '@/lib/request-context';
import { getServices } from '@/lib/services';
import { countTry, type Use } from './count';
import type { RateLimit } from './limits';

/** Counts one try of the address that the current request came from. */
export function countForAddress(limit: RateLimit): Promise<Use> {
  const address = currentRequest()?.address;
  return countFor(limit, address ? subscriberOf(address) : 'unknown');
}

/** The same for an account or a mailbox. Without a database nothing is limited: nothing that is limited works then. */
export async function countFor(limit: RateLimit, who: string): Promise<Use> {
  try {
    return await countTry(await getServices(), limit, who);
  } catch (error) {
    log().warn({ event: 'limit_not_counted', limit, error: describeError(error) });
    return { allowed: true };
  }
}
