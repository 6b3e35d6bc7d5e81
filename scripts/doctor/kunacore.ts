import type { Config } from '../../lib/config/config';
import { createKunaCoreClient, type KunaCoreClient } from '../../lib/kunacore/client';
import {
  KunaCoreError,
  LOGIN_ENDPOINT,
  MalformedResponseError,
  RefusedResponseError,
  RejectedError,
  TimeoutError,
  UnauthorisedError,
  UnreachableError,
} from '../../lib/kunacore/errors';
import { checkClock } from './clock';
import { failed, type Line, ok } from './line';
import { checkConnection, checkTls, serverOf } from './tls';
import { ask } from './way-out';

const VARIABLE = 'KUNACORE_API_URL';
const RATES = '/v2/rate/equivalent';

/** Makes two calls of KunaCore that change nothing, with the portal's credentials. */
export async function checkKunaCore(settings: NonNullable<Config['kunacore']>): Promise<Line[]> {
  const { apiUrl, credentials } = settings;
  const server = serverOf(VARIABLE, apiUrl);
  const reached = await (apiUrl.startsWith('https:') ? checkTls(server) : checkConnection(server));
  if (reached.kind === 'failed') return [reached];
  const client = createKunaCoreClient(settings);
  const names =
    credentials.kind === 'api-key' ? 'KUNACORE_API_KEY' : 'KUNACORE_MERCHANT_ID, KUNACORE_LOGIN and KUNACORE_PASSWORD';
  const clock = await ask(apiUrl + RATES)
    .then(async ({ headers, body }) => {
      await body?.cancel();
      return checkClock('KunaCore', headers.get('date'));
    })
    .catch(() => []);
  const calls: [string, (client: KunaCoreClient) => Promise<unknown[]>][] = [
    [`GET ${RATES}`, (kunacore) => kunacore.getEquivalentRates()],
    ['POST /v2/customer/find', (kunacore) => kunacore.findCustomers({ take: 1 })],
  ];
  const lines = [];
  for (const [name, call] of calls) lines.push(await checkCall(name, () => call(client), { apiUrl, names }));
  // The same fault of the address or the credentials meets both calls.
  const [first, second] = lines;
  const alike = first?.kind === 'failed' && second?.kind === 'failed' && first.remedy === second.remedy;
  return [reached, ...(alike ? lines.slice(0, 1) : lines), ...clock];
}

async function checkCall(
  name: string,
  call: () => Promise<unknown[]>,
  where: { apiUrl: string; names: string },
): Promise<Line> {
  try {
    const found = await call();
    if (found.length === 0 && name.startsWith('GET'))
      return failed(
        `${name} answers without a single rate`,
        'ask Kuna whether the account is active, and whether this is its KunaCore',
      );
    return ok(`${name} is answered as documented, and the credentials are accepted`);
  } catch (error) {
    if (!(error instanceof KunaCoreError)) throw error;
    return failed(`${name}: ${error.message}`, await remedyOf(error, where));
  }
}

async function remedyOf(error: KunaCoreError, { apiUrl, names }: { apiUrl: string; names: string }): Promise<string> {
  if (error instanceof UnauthorisedError || error.endpoint === LOGIN_ENDPOINT)
    return `compare ${names} with what Kuna issued for this address; test and production have different ones`;
  if (error instanceof RefusedResponseError && error.reason === 'redirect')
    return `set ${VARIABLE} to the address that it leads to${await targetOf(apiUrl)}, if that is Kuna's`;
  if (error instanceof RefusedResponseError) return 'see whether a proxy in between changes the responses';
  if (error instanceof MalformedResponseError)
    return `compare ${VARIABLE} with what Kuna issued: another service, or a proxy's page, answers there`;
  if (error instanceof RejectedError && error.status === 403)
    return `ask Kuna to allow this network's address and this call for ${names}`;
  if (error instanceof RejectedError && [404, 405].includes(error.status))
    return /\/v\d+$/.test(apiUrl)
      ? `remove ${/\/v\d+$/.exec(apiUrl)?.[0]} at the end of ${VARIABLE}: the portal adds it`
      : `compare ${VARIABLE} with what Kuna issued: another service answers there`;
  if (error instanceof RejectedError && error.status < 500)
    return 'ask Kuna: it refuses a documented call. npm run check:kunacore tries every one';
  if (error instanceof TimeoutError || error instanceof UnreachableError)
    return 'see whether KunaCore has an outage, and whether a firewall lets this machine through';
  return 'try again later, and ask Kuna if it lasts';
}

/** Returns the origin that an address redirects to, to be shown. */
async function targetOf(apiUrl: string): Promise<string> {
  const response = await ask(apiUrl + RATES).catch(() => null);
  await response?.body?.cancel();
  const location = response?.headers.get('location') ?? '';
  return URL.canParse(location, apiUrl) ? ` (${new URL(location, apiUrl).origin})` : '';
}
