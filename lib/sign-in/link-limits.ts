import 'server-only';
import { countFor, countForAddress } from '@/lib/rate-limits/request';

/**
 * Reports whether another sign-in link may be sent to this canonical address. Counts unknown addresses too, so that
 * the result does not reveal accounts. (ASVS 5.0 6.3.1)
 */
export async function mayRequestLink(email: string): Promise<boolean> {
  return (await countForAddress('link-address')).allowed && (await countFor('link-mailbox', email)).allowed;
}
