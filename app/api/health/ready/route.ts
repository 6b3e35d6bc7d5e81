import { pendingInvalidations } from '@/lib/authorisations/pending';
import { database } from '@/lib/db/database';
import { openCircuits } from '@/lib/services';

/**
 * The database is reached and migrated: this instance may be given requests. KunaCore being down is no reason not to:
 * which of its endpoints are left alone, and how many ends wait for it, is information.
 */
export async function GET(): Promise<Response> {
  const headers = { 'cache-control': 'no-store' };
  try {
    const invalidations = await pendingInvalidations({ db: await database() });
    return Response.json({ status: 'ready', kunacore: { openCircuits: openCircuits() }, invalidations }, { headers });
  } catch {
    return Response.json(
      { status: 'database unavailable' },
      { status: 503, headers: { ...headers, 'retry-after': '2' } },
    );
  }
}
