import type { customers } from '@/lib/db/schema';

/** The user's state on the way to buying; pages switch over it. */
export type CustomerState =
  | { state: 'details-missing' }
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
  'state' | 'customerId' | 'walletId' | 'verificationStatus' | 'walletStatus'
>;

/** Maps a stored row to its state. */
export function customerState(row: CustomerRow | null | undefined): CustomerState {
  if (!row) return { state: 'details-missing' };
  if (row.state !== 'linked') return { state: row.state };
  const { customerId, walletId, verificationStatus, walletStatus } = row;
  if (!customerId || !walletId) return { state: 'creating' };
  if (verificationStatus && verificationStatus.toUpperCase() !== 'ACCEPTED')
    return { state: 'verifying', status: verificationStatus };
  if (walletStatus && walletStatus.toUpperCase() !== 'ACTIVE') return { state: 'blocked', walletId, walletStatus };
  return { state: 'ready', customerId, walletId };
}
