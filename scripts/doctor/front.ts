import type { Config } from '../../lib/config/config';
import { failed, type Line, ok, warning } from './line';
import { checkConnection, checkTls, explain, serverOf } from './tls';
import { ask } from './way-out';

const VARIABLE = 'NEXTAUTH_URL';

/** Asks the portal at its public address, through whatever stands in front. The portal need not run. */
export async function checkFront(config: Config): Promise<Line[]> {
  const { portalOrigin, secure } = config;
  const server = serverOf(VARIABLE, portalOrigin);
  const reached = await (secure ? checkTls(server) : checkConnection(server));
  // Before the first start nothing listens there.
  if (reached.kind === 'failed') return [{ ...reached, kind: 'warning' }];
  const live = await ask(`${portalOrigin}/api/health/live`).catch((error: unknown) => error);
  if (!isResponse(live)) return [reached, { ...explain(live, server), kind: 'warning' }];
  const status = await live.json().then(statusOf, () => null);
  if ([502, 503, 504].includes(live.status) && status === null)
    return [
      reached,
      warning(
        `the proxy in front answers ${live.status}: it does not reach the portal`,
        'start the portal, and compare the address in the proxy’s settings',
      ),
    ];
  if (status !== 'live')
    return [
      reached,
      failed(
        `another program answers at ${portalOrigin} (${live.status})`,
        `compare ${VARIABLE} and the proxy's routes`,
      ),
    ];
  return [reached, ok('the portal answers there'), ...(await checkPassing(config)), ...(await checkPlainHttp(config))];
}

function isResponse(value: unknown): value is Awaited<ReturnType<typeof ask>> {
  return typeof (value as { status?: unknown }).status === 'number';
}

function statusOf(body: unknown): unknown {
  return (body as { status?: unknown } | null)?.status;
}

/** Checks what a proxy passes on: the host, the headers of the response. */
async function checkPassing({ portalOrigin, secure, trustedProxyHops, loopback }: Config): Promise<Line[]> {
  const { status, headers, body } = await ask(`${portalOrigin}/`, { headers: { 'accept-encoding': 'gzip, br' } });
  await body?.cancel();
  if (status === 421)
    return [
      failed(
        'the proxy in front replaces the Host header, so that the portal refuses every request (421)',
        'pass it on; in nginx: proxy_set_header Host $host;',
      ),
    ];
  const lines: Line[] = [status < 400 ? ok('the proxy passes the Host header on') : badStatus(status)];
  const proxy = headers.get('via') ?? headers.get('server');
  if (proxy && trustedProxyHops === 0 && !loopback)
    lines.push(
      failed(
        'a proxy answers in front of the portal, and TRUSTED_PROXY_HOPS is 0: rate limits take everybody for one person',
        'set TRUSTED_PROXY_HOPS to the number of your own proxies in front',
      ),
    );
  if (secure && !headers.has('strict-transport-security'))
    lines.push(warning('the proxy removes Strict-Transport-Security', 'pass the portal’s headers on unchanged'));
  if (!headers.get('content-security-policy')?.includes('nonce-'))
    lines.push(
      failed('the proxy replaces Content-Security-Policy', 'remove that rule at the proxy: the portal sets its own'),
    );
  if (!headers.has('content-encoding'))
    lines.push(warning('pages arrive without compression', 'let the proxy pass Accept-Encoding on, or compress there'));
  return lines;
}

const badStatus = (status: number) =>
  failed(`the first page answers ${status}`, "see the portal's log, by the time of this check");

/** A person who types the host without a scheme must arrive at https. */
async function checkPlainHttp({ portalOrigin, secure }: Config): Promise<Line[]> {
  const { hostname, port } = new URL(portalOrigin);
  if (!secure || port) return [];
  const response = await ask(`http://${hostname}/`).catch(() => null);
  await response?.body?.cancel();
  if (!response) return [];
  if (response.headers.get('location')?.startsWith('https://')) return [ok('plain http leads to https')];
  return [
    warning(
      `plain http answers ${response.status} in place of leading to https`,
      'redirect port 80 to https at the proxy',
    ),
  ];
}
