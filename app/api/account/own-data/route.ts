import { currentSession } from '@/lib/auth/session';
import { download } from '@/lib/pages/download';
import { formRoute } from '@/lib/pages/form-route';
import { tooManyPage } from '@/lib/pages/too-many';
import { exportOwnData } from '@/lib/privacy/export-data';
import { countFor } from '@/lib/rate-limits/request';
import { getServices } from '@/lib/services';

/** Returns the caller's own data as a file. 401 signed out · 403 requested by another site · 429 · 503. */
export const GET = formRoute({ unconfirmed: 'download', back: '/account/details' }, async (request) => {
  // A link of ours or a typed address; another site cannot even start the download.
  const site = request.headers.get('sec-fetch-site');
  if (site === 'cross-site' || site === 'same-site') return new Response(null, { status: 403 });
  const session = await currentSession();
  if (!session) return new Response(null, { status: 401 });
  const use = await countFor('own-data-account', session.userId);
  if (!use.allowed) return tooManyPage(use.retryInSeconds, '/account/details');
  const data = await exportOwnData(await getServices(), session);
  return download('ownData', JSON.stringify(data, null, 2));
});
