import 'server-only';
import { and, eq, gte, isNull, type SQL } from 'drizzle-orm';
import { IntegrityError } from '@/lib/crypto/bound-row';
import { customers } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { type DetailsVersion, readAcceptances, readVersion } from './history';
import type { CustomerRow } from './row';

/**
 * Returns the version of the details that KunaCore may have, or null while there is none or the consent is withdrawn.
 * The only way from stored details to KunaCore. Counts the acceptances themselves: a changed `accepted_version` hands
 * nothing over.
 * @throws IntegrityError when the version was not accepted, is gone, or was changed without the portal; SealError; the driver's
 * error.
 */
export async function readAccepted(
  services: Pick<Services, 'db' | 'keyring'>,
  { userId, acceptedVersion, consentWithdrawnAt }: CustomerRow,
): Promise<DetailsVersion | null> {
  if (acceptedVersion === 0 || consentWithdrawnAt) return null;
  const version = await readVersion(services, userId, acceptedVersion);
  if (!version) throw new IntegrityError('details_history');
  if (version.reviewers > 0) {
    const acceptances = await readAcceptances(services, userId, acceptedVersion);
    if (acceptances.length < version.reviewers) throw new IntegrityError('customers');
  }
  return version;
}

/**
 * Matches a person's customer while a version may still be handed over: neither the consent nor the account has ended since
 * it was read. Ask before each call.
 */
export function mayStillHave({ userId, version }: Pick<DetailsVersion, 'userId' | 'version'>): SQL | undefined {
  return and(
    eq(customers.userId, userId),
    isNull(customers.consentWithdrawnAt),
    gte(customers.acceptedVersion, version),
  );
}
