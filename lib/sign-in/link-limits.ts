import 'server-only';
import { countFor, countForAddress } from '@/lib/rate-limits/request';

/**
 * Whether another sign-in link may be sent to this canonical address for who is asking. Counted for unknown addresses
 * too, so that the answer tells nothing of who has an account. (ASVS 5.0 6.3.1)
 */
export async function mayRequestLink(email: string): Promise<boolean> {
  return (await countForAddress('link-address')).allowed && (await countFor('link-mailbox', email)).allowed;
}
