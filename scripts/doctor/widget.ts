import type { Config } from '../../lib/config/config';
import { forbidsFraming } from './frame-ancestors';
import { failed, type Line, ok, warning } from './line';
import { checkConnection, checkTls, explain, serverOf } from './tls';
import { ask } from './way-out';

const VARIABLE = 'KUNACORE_WIDGET_URL';
const MOST_REDIRECTS = 5;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Opens the widget's page as a browser would in a frame of the portal, without a person's token. */
export async function checkWidget({ widget, portalOrigin }: Config): Promise<Line[]> {
  const server = serverOf(VARIABLE, widget.url);
  const reached = await (widget.url.startsWith('https:') ? checkTls(server) : checkConnection(server));
  const id = UUID.test(widget.institutionId)
    ? []
    : [
        warning(
          'KUNACORE_INSTITUTION_ID does not look like the ids in KunaCore’s documentation (a UUID)',
          'compare it with what Kuna issued, also for spaces and quotes',
        ),
      ];
  if (reached.kind === 'failed') return [reached, ...id];
  return [reached, ...id, ...(await checkPage(widget, portalOrigin))];
}

async function checkPage(widget: Config['widget'], portalOrigin: string): Promise<Line[]> {
  const first = new URL(widget.url);
  first.searchParams.set('institutionId', widget.institutionId);
  let page = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await ask(page, { headers: { accept: 'text/html' } }).catch((error: unknown) => error);
    if (!isResponse(response)) return [explain(response, serverOf(VARIABLE, page.href))];
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || !location)
      return judge(response as never, page, widget, portalOrigin);
    const next = new URL(location, page);
    if (!widget.frameOrigins.includes(next.origin))
      return [
        failed(
          `the widget's address leads on to ${next.origin}, which the portal's frame must not show`,
          `set ${VARIABLE} to that address, if it is Kuna's`,
        ),
      ];
    page = next;
  }
  return [failed('the widget’s address leads on and on', `compare ${VARIABLE} with what Kuna issued`)];
}

function isResponse(value: unknown): value is Awaited<ReturnType<typeof ask>> {
  return typeof (value as { status?: unknown }).status === 'number';
}

function judge({ status, headers }: Response, page: URL, widget: Config['widget'], portalOrigin: string): Line[] {
  if (status === 404)
    return [failed('the widget’s address answers 404', `compare the path in ${VARIABLE} with what Kuna issued`)];
  if (status >= 400)
    return [
      failed(
        `the widget's page answers ${status} for this institution`,
        'compare KUNACORE_INSTITUTION_ID with what Kuna issued, and whether Kuna allows this network',
      ),
    ];
  if (!/^text\/html\b/i.test(headers.get('content-type') ?? ''))
    return [failed('the widget’s address answers with no page (HTML)', `compare ${VARIABLE} with KUNACORE_API_URL`)];
  const forbidden = forbidsFraming(headers, page, new URL(portalOrigin));
  if (forbidden)
    return [
      failed(
        `the widget's page may not be framed by ${portalOrigin} (${forbidden})`,
        `ask Kuna to allow ${portalOrigin} as a frame ancestor, and compare NEXTAUTH_URL`,
      ),
    ];
  return [ok(`the widget's page opens for institution ${widget.institutionId.slice(0, 8)}…, and may be framed here`)];
}
