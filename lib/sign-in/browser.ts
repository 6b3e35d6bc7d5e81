import 'server-only';
import { createHmac } from 'node:crypto';
import { headers } from 'next/headers';
import { config } from '@/lib/config/config';
import { networkOf } from '@/lib/http/client-address';
import { describableUserAgent } from '@/lib/http/user-agent';
import { currentRequest } from '@/lib/request-context';

/** What is kept of the browser that signs in, so that a person can tell their devices apart. */
export interface Browser {
  userAgent: string | null;
  /** Keyed hash of its network: equal for two devices in one place, and no address is kept. */
  network: string | null;
}

export const UNKNOWN_BROWSER: Browser = { userAgent: null, network: null };

/** The browser that sent the current request. */
export async function currentBrowser(): Promise<Browser> {
  const incoming = await headers();
  const { secret } = config();
  const address = currentRequest()?.address ?? null;
  return {
    userAgent: describableUserAgent(incoming.get('user-agent')),
    network:
      address &&
      createHmac('sha256', secret)
        .update(`network ${networkOf(address)}`)
        .digest('base64url'),
  };
}
