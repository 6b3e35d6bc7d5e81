import 'server-only';
import { createHmac } from 'node:crypto';
import { headers } from 'next/headers';
import { config } from '../config';
import { networkOf } from '../http/client-address';
import { currentRequest } from '../http/request-context';
import { describableUserAgent } from './user-agent';

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
