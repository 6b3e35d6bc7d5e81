import type { Credentials } from '../../lib/kunacore/authentication';
import { notableKeys } from './documented';
import { authenticate, type Exchange, exchange, type KunaCoreServer, type Login } from './exchange';
import type { Notebook } from './notebook';

/** KunaCore, as the questions call it. Every response is written into the notebook. */
export interface Api {
  login: Login | undefined;
  call(path: string, body?: object, headers?: Record<string, string>): Promise<Exchange>;
  /** Calls without credentials. Nothing is written down. */
  anonymous(path: string): Promise<Exchange>;
  /** What the responses had in common so far. */
  seen: Record<'extra' | 'nullable' | 'statuses' | 'wallets' | 'algorithms', Set<string>> & { errors: Exchange[] };
}

/** Logs in, where the credentials are a login. @throws NoAccess */
export async function openApi(server: KunaCoreServer, credentials: Credentials, notebook: Notebook): Promise<Api> {
  const { headers: own, login } = await authenticate(server, credentials);
  if (login) notebook.see(login.response);
  const seen: Api['seen'] = {
    extra: new Set(),
    nullable: new Set(),
    statuses: new Set(),
    wallets: new Set(),
    algorithms: new Set(),
    errors: [],
  };
  return {
    login,
    seen,
    async call(path, body, headers = {}) {
      const response = await exchange(server, { path, body, headers: { ...own, ...headers } });
      notebook.see(response);
      if (response.ok) remember(seen, response);
      else seen.errors.push(response);
      return response;
    },
    anonymous: (path) => exchange(server, { path }),
  };
}

function remember({ extra, nullable, statuses, wallets, algorithms }: Api['seen'], response: Exchange): void {
  if (response.algorithms) algorithms.add(response.algorithms);
  const keys = notableKeys(response);
  const name = response.path.replace('/v2/', '');
  for (const key of keys.extra) extra.add(`${name}: ${key}`);
  for (const key of keys.nullable) nullable.add(`${name}: ${key}`);
  for (const [, key, value = ''] of response.text.matchAll(/"(verificationStatus|walletStatus)":"([\w -]{1,40})"/g))
    (key === 'walletStatus' ? wallets : statuses).add(value);
}
