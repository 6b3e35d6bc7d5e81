import { config } from '@/lib/config';
import { CONFIGURED_ADDRESS } from '@/lib/http/loopback';
import { refusedPage } from '@/lib/http/refused-page';
import { REFUSAL_STATUS, type Refusal } from '@/lib/http/request-guard';

type Context = { params: Promise<{ reason: string }> };

/** What proxy.ts answers, under the address that was asked for, to a request that may not pass. */
async function explain(request: Request, { params }: Context): Promise<Response> {
  const { reason } = await params;
  if (!isRefusal(reason)) return new Response(null, { status: 404 });
  const address = request.headers.get(CONFIGURED_ADDRESS);
  if (reason === 'host' && address?.startsWith(`${config().portalOrigin}/`))
    return new Response(null, { status: 307, headers: { location: address, 'cache-control': 'no-store' } });
  return refusedPage(reason, reason === 'method' ? { allow: 'GET, HEAD, POST' } : {});
}

export { explain as DELETE, explain as GET, explain as OPTIONS, explain as PATCH, explain as POST, explain as PUT };

function isRefusal(reason: string): reason is Refusal {
  return Object.hasOwn(REFUSAL_STATUS, reason);
}
