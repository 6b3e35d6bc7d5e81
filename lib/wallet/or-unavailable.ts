import 'server-only';
import { KunaCoreError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';

/** Returns what KunaCore answers, or `unavailable`, for a page that says so itself. */
export async function orUnavailable<T>(
  { log }: Pick<Services, 'log'>,
  response: Promise<T>,
): Promise<T | 'unavailable'> {
  try {
    return await response;
  } catch (error) {
    if (!(error instanceof KunaCoreError)) throw error;
    log.warn({ event: 'wallet_unavailable', error: describeError(error) });
    return 'unavailable';
  }
}
