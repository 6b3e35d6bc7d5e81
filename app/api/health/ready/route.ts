import { sql } from 'drizzle-orm';
import { database } from '@/lib/db/database';

/** The database is reached and migrated: this instance may be given requests. KunaCore being down is no reason not to. */
export async function GET(): Promise<Response> {
  const headers = { 'cache-control': 'no-store' };
  try {
    await (await database()).execute(sql`select 1`);
    return Response.json({ status: 'ready' }, { headers });
  } catch {
    return Response.json(
      { status: 'database unavailable' },
      { status: 503, headers: { ...headers, 'retry-after': '2' } },
    );
  }
}
