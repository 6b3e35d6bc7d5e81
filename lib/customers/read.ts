import 'server-only';
import { eq } from 'drizzle-orm';
import { customers } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { readCustomer } from './row';
import { type CustomerState, customerState } from './state';

/** Where the user stands, as stored: one query, KunaCore is not asked. @throws the driver's error. */
export async function readCustomerState(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userId: string,
): Promise<CustomerState> {
  const [row] = await db.select().from(customers).where(eq(customers.userId, userId));
  return customerState(readCustomer(keyring, row));
}
