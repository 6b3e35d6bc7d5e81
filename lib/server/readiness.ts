import 'server-only';
import { type Pending, pendingRevocations } from '@/lib/authorisations/revoke';
import { database } from '@/lib/db/database';
import { databaseWait } from '@/lib/db/waiting';
import { isDraining } from '@/lib/http/connections';
import { openCircuits } from '@/lib/services';

/** Details of /api/health/ready. An instance stays ready while KunaCore is down. */
export interface Readiness {
  kunacore: { openCircuits: string[] };
  invalidations: Pending;
}

/**
 * Checks that the database is reached and migrated, so that this instance may be given requests.
 * @returns null while the instance ends.
 * @throws DatabaseUnavailable; the driver's error.
 */
export async function checkReadiness(): Promise<Readiness | null> {
  if (isDraining()) return null;
  const invalidations = await pendingRevocations({ db: await database() });
  return { kunacore: { openCircuits: openCircuits() }, invalidations };
}

/** Details of /api/health/ready while this instance ends, or its database is not open: what the start waits for. */
export function notReady(): { status: string; waitsFor?: string; seconds?: number } {
  if (isDraining()) return { status: 'draining' };
  return { status: 'database unavailable', ...databaseWait().current };
}
