import { config } from '@/lib/config/config';
import { recordViolations } from '@/lib/http/csp-reports';
import { log } from '@/lib/log/log';

const NOTHING = { 'cache-control': 'no-store' };

/**
 * What browsers report of the content policy, in the old form and the Reporting API's (CSP Level 3, 5.3). Anybody can
 * post here, so it is read as hearsay: a few known fields, each kind logged once an hour (ASVS 5.0 3.4.7).
 */
export async function POST(request: Request): Promise<Response> {
  const text = await request.text();
  for (const violation of recordViolations(text, config().portalOrigin))
    log().warn({ event: 'csp_violation', ...violation });
  return new Response(null, { status: 204, headers: NOTHING });
}
