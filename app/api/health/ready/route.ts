import { checkReadiness, notReady } from '@/lib/server/readiness';

const NO_STORE = { 'cache-control': 'no-store' };

/** Returns 200 when this instance can serve requests, 503 with the reason while it ends or has no database. */
export async function GET(): Promise<Response> {
  const readiness = await checkReadiness().catch(() => null);
  if (readiness) return Response.json({ status: 'ready', ...readiness }, { headers: NO_STORE });
  return Response.json(notReady(), { status: 503, headers: { ...NO_STORE, 'retry-after': '2' } });
}
