import 'server-only';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { singleton } from '@/lib/singleton';
import { type CustomerState, customerState } from './state';
import { syncCustomer } from './sync';

/** How long an answer counts: the overview polls more often while a purchase runs. */
const ASK_AGAIN_MS = 30_000;

/** When KunaCore was last asked about a customer, by its id. */
const lastAsked = singleton('still-ready', () => new Map<string, number>());

/**
 * Returns the state of a customer who could buy when it was last stored. The reconciler asks only about customers who wait
 * for Kuna, so that a wallet which Kuna has put on hold since is noticed here. Never throws.
 */
export async function confirmReady(services: Services, userId: string, stored: CustomerState): Promise<CustomerState> {
  if (stored.state !== 'ready') return stored;
  const now = services.clock.elapsed();
  forgetOld(now);
  if (lastAsked.has(stored.customerId)) return stored;
  lastAsked.set(stored.customerId, now);
  try {
    const { verificationStatus = null, walletStatus = null } = await services.kunacore.getCustomer(stored.customerId);
    const said = customerState({ ...LINKED, ...stored, state: 'linked', verificationStatus, walletStatus });
    if (said.state === 'ready') return stored;
    // Reads it again under the lease, and stores it.
    return await syncCustomer(services, userId, 'all', 0);
  } catch (error) {
    services.log.warn({ event: 'customer_sync_postponed', userId, error: describeError(error) });
    return stored;
  }
}

const LINKED = { acceptedVersion: 1, review: null, consentWithdrawnAt: null } as const;

function forgetOld(now: number): void {
  for (const [customerId, at] of lastAsked) {
    // Oldest first.
    if (now - at < ASK_AGAIN_MS) return;
    lastAsked.delete(customerId);
  }
}
