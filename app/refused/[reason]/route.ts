import { config } from '@/lib/config/config';
import { atOwnOrigin } from '@/lib/http/own-host';
import { REFUSAL_STATUS } from '@/lib/http/request-guard';
import { refusedPage } from '@/lib/pages/refused';
import { currentRequest, type Refusal } from '@/lib/request-context';

type Context = { params: Promise<{ reason: string }> };

/** Returns the page to which proxy.ts rewrites a refused request. */
async function respond(_request: Request, { params }: Context): Promise<Response> {
  const { reason } = await params;
  if (!isRefusal(reason)) return new Response(null, { status: 404 });
  const path = currentRequest()?.otherOrigin;
  if (reason === 'host' && path !== undefined)
    return new Response(null, { status: 307, headers: { location: atOwnOrigin(config().portalOrigin, path) } });
  return refusedPage(reason, reason === 'method' ? { allow: 'GET, HEAD, POST' } : {});
}

export { respond as DELETE, respond as GET, respond as OPTIONS, respond as PATCH, respond as POST, respond as PUT };

function isRefusal(reason: string): reason is Refusal {
  return Object.hasOwn(REFUSAL_STATUS, reason);
}
