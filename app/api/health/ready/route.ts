import { checkReadiness } from '@/lib/server/readiness';

/** Returns 200 when this instance can serve requests, 503 while the database is unavailable. */
export async function GET(): Promise<Response> {
  const headers = { 'cache-control': 'no-store' };
  try {
    return Response.json({ status: 'ready', ...(await checkReadiness()) }, { headers });
  } catch {
    return Response.json(
      { status: 'database unavailable' },
      { status: 503, headers: { ...headers, 'retry-after': '2' } },
    );
  }
}
