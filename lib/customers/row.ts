import 'server-only';
import { eq } from 'drizzle-orm';
import { boundRow } from '@/lib/crypto/bound-row';
import type { Keyring } from '@/lib/crypto/keyring';
import { customers } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { type CustomerState, customerState } from './state';

export type CustomerRow = typeof customers.$inferSelect;

/** Binds a row to the customer and wallet that it names. */
export const boundCustomers = boundRow('customers', ['userId', 'externalId', 'customerId', 'walletId']);

/**
 * Returns a stored row for use. A row that was changed past the portal names no customer and no wallet: its state is
 * `conflict`, for the institution to decide. Every reader of customer ids gets them from here.
 */
export function readCustomer<Row extends CustomerRow | null | undefined>(keyring: Keyring, row: Row): Row {
  if (!row || boundCustomers.isIntact(keyring, row)) return row;
  return { ...row, state: 'conflict', customerId: null, walletId: null };
}

/** Finds a user's customer as stored, without calling KunaCore. @throws the driver's error. */
export async function findCustomer(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userId: string,
): Promise<CustomerRow | undefined> {
  const [row] = await db.select().from(customers).where(eq(customers.userId, userId));
  return readCustomer(keyring, row);
}

/** Returns the user's state as stored, without calling KunaCore. @throws the driver's error. */
export async function readCustomerState(
  services: Pick<Services, 'db' | 'keyring'>,
  userId: string,
): Promise<CustomerState> {
  return customerState(await findCustomer(services, userId));
}
