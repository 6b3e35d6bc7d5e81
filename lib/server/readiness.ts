import 'server-only';
import { type Pending, pendingRevocations } from '@/lib/authorisations/pending';
import { database } from '@/lib/db/database';
import { openCircuits } from '@/lib/services';

/** What /api/health/ready reports beside "ready". KunaCore being down does not make an instance unready. */
export interface Readiness {
  kunacore: { openCircuits: string[] };
  invalidations: Pending;
}

/**
 * Checks that the database is reached and migrated, so that this instance may be given requests.
 * @throws DatabaseUnavailable; the driver's error.
 */
export async function checkReadiness(): Promise<Readiness> {
  const invalidations = await pendingRevocations({ db: await database() });
  return { kunacore: { openCircuits: openCircuits() }, invalidations };
}
