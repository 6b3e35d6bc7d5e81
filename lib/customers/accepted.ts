import 'server-only';
import { IntegrityError } from '@/lib/crypto/bound-row';
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
