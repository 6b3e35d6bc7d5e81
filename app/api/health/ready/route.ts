import { checkReadiness } from '@/lib/server/readiness';

/** 200 when this instance may be given requests, 503 while the database cannot be reached. */
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
