import type { customers } from '@/lib/db/schema';

/** Where a user stands on the way to buying, decided from what we know; pages switch over it. */
export type CustomerState =
  | { state: 'details-missing' }
  /** KunaCore has been, or will be, asked to create the customer; its answer is awaited or being looked up. */
  | { state: 'creating' }
  /** KunaCore did not accept the details: correct them. */
  | { state: 'rejected' }
  /** Somebody else's customer has this e-mail address: the operator decides. */
  | { state: 'conflict' }
  /** The customer exists and is being verified. `status` is KunaCore's word, of which only ACCEPTED is documented. */
  | { state: 'verifying'; status: string }
  /** The wallet is Blocked or Suspicious. */
  | { state: 'blocked'; walletId: string; walletStatus: string }
  | { state: 'ready'; customerId: string; walletId: string };

type CustomerRow = Pick<
  typeof customers.$inferSelect,
  'state' | 'customerId' | 'walletId' | 'verificationStatus' | 'walletStatus'
>;

/** Pure: the row as stored → the one state that it means. */
export function customerState(row: CustomerRow | null | undefined): CustomerState {
  if (!row) return { state: 'details-missing' };
  if (row.state !== 'linked') return { state: row.state };
  const { customerId, walletId, verificationStatus, walletStatus } = row;
  if (!customerId || !walletId) return { state: 'creating' };
  if (verificationStatus && verificationStatus.toUpperCase() !== 'ACCEPTED') {
    return { state: 'verifying', status: verificationStatus };
  }
  if (walletStatus && walletStatus.toUpperCase() !== 'ACTIVE') return { state: 'blocked', walletId, walletStatus };
  return { state: 'ready', customerId, walletId };
}
