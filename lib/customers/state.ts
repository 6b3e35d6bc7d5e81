import type { customers } from '@/lib/db/schema';

/** The user's state on the way to buying; pages switch over it. */
export type CustomerState =
  | { state: 'details-missing' }
  /** An operator must accept the details before KunaCore gets them (KYC_MODE=review). */
  | { state: 'waiting-for-review' }
  /** An operator returned the details with a reason: correct them. */
  | { state: 'returned' }
  /** KunaCore gets nothing until the person agrees again. The wallet stays as it is. */
  | { state: 'consent-withdrawn'; walletId: string | null }
  /** Creation at KunaCore is pending, or its result is being looked up. */
  | { state: 'creating' }
  /** KunaCore rejected the details: correct them. */
  | { state: 'rejected' }
  /** Another customer has this e-mail address: the operator decides. */
  | { state: 'conflict' }
  /** The customer exists and is being verified. `status` is KunaCore's value, of which only ACCEPTED is documented. */
  | { state: 'verifying'; status: string }
  /** The wallet is Blocked or Suspicious. */
  | { state: 'blocked'; walletId: string; walletStatus: string }
  | { state: 'ready'; customerId: string; walletId: string };

type CustomerRow = Pick<
  typeof customers.$inferSelect,
  | 'state'
  | 'customerId'
  | 'walletId'
  | 'verificationStatus'
  | 'walletStatus'
  | 'acceptedVersion'
  | 'review'
  | 'consentWithdrawnAt'
>;

/** Maps a stored row to its state. */
export function customerState(row: CustomerRow | null | undefined): CustomerState {
  if (!row) return { state: 'details-missing' };
  if (row.consentWithdrawnAt) return { state: 'consent-withdrawn', walletId: row.walletId };
  if (row.state !== 'linked') return { state: reviewState(row) ?? row.state };
  const { customerId, walletId, verificationStatus, walletStatus } = row;
  if (!customerId || !walletId) return { state: 'creating' };
  if (verificationStatus && verificationStatus.toUpperCase() !== 'ACCEPTED')
    return { state: 'verifying', status: verificationStatus };
  if (walletStatus && walletStatus.toUpperCase() !== 'ACTIVE') return { state: 'blocked', walletId, walletStatus };
  return { state: 'ready', customerId, walletId };
}

/**
 * Returns the state of details that an operator has to accept first. KunaCore creates the customer with a version that is
 * already accepted, whatever waits behind it; it rejected that version before a correction waits.
 */
function reviewState({ state, acceptedVersion, review }: CustomerRow): 'waiting-for-review' | 'returned' | null {
  const isBeingCreated = state === 'creating' && acceptedVersion > 0;
  if (!review || state === 'conflict' || isBeingCreated) return null;
  return review === 'waiting' ? 'waiting-for-review' : 'returned';
}

/** Returns the id of the wallet whose balance the customer may see, or null. It stays whatever else is decided. */
export function walletOf(customer: CustomerState): string | null {
  return 'walletId' in customer ? customer.walletId : null;
}
