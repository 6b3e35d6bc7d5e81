import { config } from '@/lib/config/config';
import { atOwnOrigin } from '@/lib/http/own-host';
import { REFUSAL_STATUS } from '@/lib/http/request-guard';
import { refusedPage } from '@/lib/pages/refused';
import { currentRequest, type Refusal } from '@/lib/request-context';

type Context = { params: Promise<{ reason: string }> };

/** What proxy.ts answers, under the address that was asked for, to a request that may not pass. */
async function explain(_request: Request, { params }: Context): Promise<Response> {
  const { reason } = await params;
  if (!isRefusal(reason)) return new Response(null, { status: 404 });
  const path = currentRequest()?.otherOrigin;
  if (reason === 'host' && path !== undefined)
    return new Response(null, { status: 307, headers: { location: atOwnOrigin(config().portalOrigin, path) } });
  return refusedPage(reason, reason === 'method' ? { allow: 'GET, HEAD, POST' } : {});
}

export { explain as DELETE, explain as GET, explain as OPTIONS, explain as PATCH, explain as POST, explain as PUT };

function isRefusal(reason: string): reason is Refusal {
  return Object.hasOwn(REFUSAL_STATUS, reason);
}
