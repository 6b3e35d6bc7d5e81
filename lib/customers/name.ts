import 'server-only';
import { eq } from 'drizzle-orm';
import { users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { readEmail } from '@/lib/users/email-columns';
import { readableDetails } from './details';

/** Returns the person's name for a document, or the address of a person without details. @throws the driver's error. */
export async function readCustomerName(services: Services, userId: string): Promise<string> {
  const stored = await readableDetails(services, userId);
  if (stored) return `${stored.details.firstName} ${stored.details.lastName}`;
  const [user] = await services.db.select().from(users).where(eq(users.id, userId));
  return (user && readEmail(services.keyring, user)) ?? '';
}
