import 'server-only';
import { eq } from 'drizzle-orm';
import { SealError } from '@/lib/crypto/keyring';
import { details } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { associatedData } from './associated-data';
import { openClaims, usableClaims } from './prefill';

/**
 * Returns the first name to greet a person by: as the identity provider says it, else as in their details. Null when there
 * is none.
 * @throws the driver's error.
 */
export async function firstNameOf(
  services: Pick<Services, 'db' | 'keyring'>,
  { userId, claimsSealed }: { userId: string; claimsSealed: string | null },
): Promise<string | null> {
  const { firstName } = usableClaims(openClaims(services, userId, claimsSealed));
  if (firstName) return firstName;
  const [row] = await services.db
    .select({ firstName: details.firstName })
    .from(details)
    .where(eq(details.userId, userId));
  try {
    return row ? services.keyring.open(row.firstName, associatedData(userId, 'firstName')) || null : null;
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
