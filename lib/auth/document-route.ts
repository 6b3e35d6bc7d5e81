import 'server-only';
import { config } from '@/lib/config/config';
import { tooManyPage } from '@/lib/pages/too-many';
import { countFor } from '@/lib/rate-limits/request';
import type { Services } from '@/lib/services';
import { walletResponse } from './wallet-route';

/**
 * Responds to a link to a file about the signed-in customer's wallet, within the limit of such files. When there is none,
 * the person is led to a page that reports it.
 * @param page the path of that page. @param write returns null when there is nothing to write.
 */
export async function documentResponse(
  page: string,
  write: (services: Services, walletId: string, userId: string) => Promise<Response | null>,
): Promise<Response> {
  const response = await walletResponse(async (services, walletId, userId) => {
    const use = await countFor('csv-account', userId);
    if (!use.allowed) return tooManyPage(use.retryInSeconds, page);
    return (await write(services, walletId, userId)) ?? new Response(null, { status: 404 });
  });
  if (response.ok || response.status === 429) return response;
  const headers = { location: new URL(page, config().portalOrigin).href, 'cache-control': 'no-store' };
  return new Response(null, { status: 303, headers });
}
