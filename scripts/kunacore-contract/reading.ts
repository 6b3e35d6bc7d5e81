import { randomUUID } from 'node:crypto';
import type { Api } from './api';
import { type Exchange, NoAccess, rowsOf } from './exchange';
import type { Notebook } from './notebook';

/** Asks what needs no test customer. @throws NoAccess when the credentials are not accepted. */
export async function askReading(api: Api, notebook: Notebook): Promise<void> {
  askLogin(api, notebook);
  await askRates(api, notebook);
  await askAnonymous(api, notebook);
  await askUnknown(api, notebook);
  await askLists(api, notebook);
  await askCompression(api, notebook);
}

function askLogin({ login }: Api, notebook: Notebook): void {
  if (!login) {
    const why = 'the configuration has an API key: only a login can tell';
    notebook.answer('loginBody', null, why);
    notebook.answer('loginLifetime', null, why);
    notebook.answer('loginClaims', null, why);
    return;
  }
  const { field, refused, claims } = login;
  notebook.ok(`POST /v2/auth/login: accepted with "${field}"`);
  const before = refused.length > 0 ? `, after ${refused.join(', ')} for the other` : '';
  notebook.answer('loginBody', field, `${login.response.status} for {${field}, password}${before}`);
  notebook.answer('loginClaims', Object.keys(claims ?? {}).sort(), claims ? 'a JWT' : 'no JWT');
  const exp = typeof claims?.exp === 'number' ? claims.exp : null;
  const seconds = exp === null ? null : exp - Math.floor(Date.now() / 1000);
  // To ten seconds, so that the file does not change with every run.
  notebook.answer('loginLifetime', seconds === null ? null : Math.round(seconds / 10) * 10, seconds ? 'exp' : 'no exp');
}

async function askRates(api: Api, notebook: Notebook): Promise<void> {
  const response = await api.call('/v2/rate/equivalent');
  refuseNoAccess(response);
  const rows = rowsOf(response).length;
  if (!response.ok) notebook.fail(`/v2/rate/equivalent: status ${response.status}`);
  else if (rows === 0) notebook.fail('/v2/rate/equivalent: no rates');
  else notebook.ok(`GET /v2/rate/equivalent: ${rows} rates`);
}

function refuseNoAccess({ path, status }: Exchange): void {
  if (status === 401 || status === 403)
    throw new NoAccess(`${path}: the credentials are refused with ${status}. Compare KUNACORE_API_KEY or the login`);
  if (status === 404)
    throw new NoAccess(`${path}: 404. KUNACORE_API_URL must be the base address, without /v2 at its end`);
  if (status >= 300 && status < 400)
    throw new NoAccess(`${path}: redirected with ${status}. KUNACORE_API_URL must be the final address`);
}

async function askAnonymous(api: Api, notebook: Notebook): Promise<void> {
  const { status, path } = await api.anonymous('/v2/rate/equivalent');
  if (status === 401) notebook.ok('without credentials: 401');
  else if (status < 300) notebook.fail(`${path}: answers ${status} without credentials`);
  else notebook.note(`${path}: answers ${status} without credentials, where the portal expects 401`);
}

/** The form of errors, by a customer that does not exist. */
async function askUnknown(api: Api, notebook: Notebook): Promise<void> {
  const response = await api.call('/v2/customer/details', { id: randomUUID() });
  const { status, body } = response;
  if (response.ok) {
    notebook.fail(`/v2/customer/details: answers ${status} for a customer that does not exist`);
    notebook.answer('unknownId', status, 'a success');
    notebook.answer('errorBody', null, 'no error was seen');
    return;
  }
  const keys = typeof body === 'object' && body !== null ? Object.keys(body).sort() : [];
  const type = (response.headers.get('content-type') ?? 'no content type').split(';')[0];
  notebook.answer('unknownId', status, `${status} for an invented id`);
  const form = formOfError(response);
  notebook.answer('errorBody', form, `${type}${keys.length > 0 ? `, keys ${keys.join(', ')}` : ''}`);
  notebook.ok(`errors: ${form ?? 'a form of their own'}, ${status} for an unknown customer`);
}

function formOfError({ body, text }: Exchange): string | null {
  if (body === undefined) return text.trim().startsWith('<') ? null : 'text';
  const { errors, statusCode } = (body ?? {}) as { errors?: unknown; statusCode?: unknown };
  if (Array.isArray(errors)) return 'errors';
  return statusCode === undefined ? null : 'statusCode';
}

async function askLists(api: Api, notebook: Notebook): Promise<void> {
  const found = await api.call('/v2/customer/find', { take: 1 });
  reportList(found, 'POST /v2/customer/find', notebook);
  if (found.ok) {
    const data = (found.body as { data?: unknown } | undefined)?.data;
    notebook.answer('findShape', Array.isArray(data) ? 'array' : 'wrapped', `data is ${kindOf(data)}`);
  }
  if (rowsOf(found).length > 1) notebook.fail('/v2/customer/find: take is ignored: more than one row with take 1');
  const operations = await api.call('/v2/operation/find?take=1', {});
  reportList(operations, 'POST /v2/operation/find', notebook);
  await askOperations(api, rowsOf(operations), notebook);
}

function reportList(response: Exchange, name: string, notebook: Notebook): void {
  const rows = rowsOf(response).length;
  if (!response.ok) notebook.fail(`${response.path}: status ${response.status}`);
  else if (rows === 0) notebook.note(`${name}: an empty list, so the keys of its rows are not known`);
  else notebook.ok(`${name}: ${rows} row`);
}

async function askOperations(api: Api, first: Record<string, unknown>[], notebook: Notebook): Promise<void> {
  const [operation] = first;
  if (!operation) {
    notebook.answer('operationPaging', null, 'the institution has no operations');
    notebook.note('POST /v2/operation/details: not tried, because there is no operation');
    return;
  }
  if (first.length > 1) notebook.fail('/v2/operation/find: take is ignored: more than one row with take=1');
  const [second] = rowsOf(await api.call('/v2/operation/find?skip=1&take=1', {}));
  const isRepeated = second !== undefined && second.id === operation.id;
  if (isRepeated) notebook.fail('/v2/operation/find: skip is ignored: the same row with skip=1');
  const obeyed = first.length === 1 && !isRepeated;
  notebook.answer('operationPaging', second ? obeyed : null, second ? 'skip=1&take=1' : 'there is one operation only');
  const details = await api.call('/v2/operation/details', { id: operation.id });
  if (!details.ok) notebook.fail(`/v2/operation/details: status ${details.status}`);
  else if (rowsOf(details)[0]?.id === operation.id) notebook.ok('POST /v2/operation/details: the same operation');
  else notebook.fail('/v2/operation/details: not an array with the operation that was asked for');
}

async function askCompression(api: Api, notebook: Notebook): Promise<void> {
  const response = await api.call('/v2/rate/equivalent', undefined, { 'accept-encoding': 'gzip, br' });
  const encoding = response.headers.get('content-encoding');
  notebook.answer('compression', encoding ?? 'none', 'accept-encoding: gzip, br');
  const forced = await api.call('/v2/rate/equivalent');
  if (forced.headers.get('content-encoding'))
    notebook.fail('/v2/rate/equivalent: compressed although the request refuses it (accept-encoding: identity)');
}

/** Answers what the responses had in common. Call it last. */
export function summarise(api: Api, notebook: Notebook): void {
  const { extra, nullable, statuses, wallets, algorithms, errors } = api.seen;
  const list = (names: Set<string>) => [...names].sort();
  const retry = errors.filter(({ headers }) => headers.has('retry-after'));
  notebook.answer('extraKeys', list(extra), 'keys beyond the documented ones');
  notebook.answer('nullKeys', list(nullable), 'keys that were null at least once');
  notebook.answer('verificationStatuses', statuses.size > 0 ? list(statuses) : null, 'of the customers seen');
  notebook.answer('walletStatuses', wallets.size > 0 ? list(wallets) : null, 'of the customers seen');
  notebook.answer('rateLimitHeaders', list(notebook.headers), 'names of headers; no limit was provoked');
  notebook.answer(
    'retryAfter',
    retry.length > 0 ? true : null,
    `${errors.length} refusals, ${retry.length} with the header`,
  );
  const encrypted = list(algorithms);
  const isEncrypted = encrypted.length > 0;
  notebook.answer(
    'encryption',
    isEncrypted ? 'on' : 'off',
    isEncrypted ? encrypted.join('; ') : 'plain JSON both ways',
  );
  const failed = (pattern: RegExp) =>
    notebook.findings.some(({ kind, text }) => kind === 'failed' && pattern.test(text));
  notebook.answer('decimals', !failed(/instead of decimal/), 'amounts, balances and rates of all responses');
  notebook.answer('timeFormat', !failed(/instead of time/), 'createdAt and updatedAt of all responses');
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null
    ? `an object with ${Object.keys(value).sort().join(', ')}`
    : 'neither';
}
