import 'server-only';
import { createHmac } from 'node:crypto';
import { headers } from 'next/headers';
import { config } from '@/lib/config/config';
import { networkOf } from '@/lib/http/client-address';
import { describableUserAgent } from '@/lib/http/user-agent';
import { currentRequest } from '@/lib/request-context';
import { deviceMark } from './known-device';

/** The stored description of a browser, by which people recognise their devices. */
export interface Browser {
  userAgent: string | null;
  /** Keyed hash of its network: equal for two devices in one network. The address is not stored. */
  network: string | null;
  /** By which it is recognised at the next sign-in (known-device.ts); null while the portal sends no messages. */
  mark: string | null;
}

export const UNKNOWN_BROWSER: Browser = { userAgent: null, network: null, mark: null };

/** Returns the browser that sent the current request. */
export async function currentBrowser(): Promise<Browser> {
  const incoming = await headers();
  const { secret, offers } = config();
  const address = currentRequest()?.address ?? null;
  return {
    userAgent: describableUserAgent(incoming.get('user-agent')),
    network:
      address &&
      createHmac('sha256', secret)
        .update(`network ${networkOf(address)}`)
        .digest('base64url'),
    mark: offers.messages ? await deviceMark() : null,
  };
}
