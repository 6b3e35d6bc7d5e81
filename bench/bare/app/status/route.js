export const dynamic = 'force-dynamic';

export function GET() {
  return Response.json(
    { customer: 'ready', authorisation: { state: 'none' } },
    { headers: { 'cache-control': 'no-store' } },
  );
}
