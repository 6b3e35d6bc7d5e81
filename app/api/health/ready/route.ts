import { checkReadiness, notReady } from '@/lib/server/readiness';

/** Returns 200 when this instance can serve requests, 503 with the reason while the database is unavailable. */
export async function GET(): Promise<Response> {
  const headers = { 'cache-control': 'no-store' };
  try {
    return Response.json({ status: 'ready', ...(await checkReadiness()) }, { headers });
  } catch {
    return Response.json(notReady(), { status: 503, headers: { ...headers, 'retry-after': '2' } });
  }
}
