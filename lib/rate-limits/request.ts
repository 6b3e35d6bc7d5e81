import 'server-only';
import { subscriberOf } from '@/lib/http/client-address';
import { describeError, log } from '@/lib/log/log';
import { currentRequest } from '@/lib/request-context';
import { getServices } from '@/lib/services';
import { countTry, type Use } from './count';
import type { RateLimit } from './limits';

/** Counts one try of the current request's client address. */
export function countForAddress(limit: RateLimit): Promise<Use> {
  const address = currentRequest()?.address;
  return countFor(limit, address ? subscriberOf(address) : 'unknown');
}

/** Counts one try of an account or a mailbox. Allows it when the database fails, because the limited action needs it. */
export async function countFor(limit: RateLimit, who: string): Promise<Use> {
  try {
    return await countTry(await getServices(), limit, who);
  } catch (error) {
    log().warn({ event: 'limit_not_counted', limit, error: describeError(error) });
    return { allowed: true };
  }
}
