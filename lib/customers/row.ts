import 'server-only';
import { boundRow } from '@/lib/crypto/bound-row';
import type { Keyring } from '@/lib/crypto/keyring';
import type { customers } from '@/lib/db/schema';

export type CustomerRow = typeof customers.$inferSelect;

/** Whose customer and wallet a row names. */
export const boundCustomers = boundRow('customers', ['userId', 'externalId', 'customerId', 'walletId']);

/**
 * Returns a stored row for use. One that was changed past the portal names no customer and no wallet any more: its state
 * is `conflict`, for the institution to decide. Everything that reads ids of a customer has them from here.
 */
export function readCustomer<Row extends CustomerRow | null | undefined>(keyring: Keyring, row: Row): Row {
  if (!row || boundCustomers.isIntact(keyring, row)) return row;
  return { ...row, state: 'conflict', customerId: null, walletId: null };
}
