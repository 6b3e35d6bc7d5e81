import { config } from '@/lib/config/config';
import { recordViolations } from '@/lib/http/csp-reports';
import { log } from '@/lib/log/log';

const NOTHING = { 'cache-control': 'no-store' };

/**
 * Logs violations of the content policy that browsers report, in the old format and the Reporting API's (CSP Level 3,
 * 5.3). The sender is unknown, so only a few fields are read and each kind is logged once an hour (ASVS 5.0 3.4.7).
 */
export async function POST(request: Request): Promise<Response> {
  const text = await request.text();
  for (const violation of recordViolations(text, config().portalOrigin))
    log().warn({ event: 'csp_violation', ...violation });
  return new Response(null, { status: 204, headers: NOTHING });
}
