import { decodeProtectedHeader } from 'jose';
import type { Credentials } from '../../lib/kunacore/authentication';
import { createEnvelope, type Encryption, PLAIN } from '../../lib/kunacore/encryption';
import { MalformedResponseError } from '../../lib/kunacore/errors';
import { jwtClaims } from '../../lib/kunacore/jwt';

/** A complete exchange with KunaCore. */
export interface Exchange {
  path: string;
  status: number;
  ok: boolean;
  headers: Headers;
  text: string;
  /** The parsed JSON, decrypted; undefined when the text is none. */
  body: unknown;
  /** `alg` and `enc` of an encrypted response. */
  algorithms?: string;
}

/** Where KunaCore is, and how bodies are encrypted. */
export interface KunaCoreServer {
  apiUrl: string;
  encryption?: Encryption | undefined;
}

/** One request. GET without a body. */
interface Request {
  path: string;
  body?: object;
  headers?: Record<string, string>;
}

/** KunaCore gave no response, or refused the credentials. The message is for people. */
export class NoAccess extends Error {}

const DEADLINE_MS = 10_000;

/**
 * Sends one request and returns the response whatever it is: unlike the client in lib/kunacore, which shows neither
 * statuses nor bodies. `path` in the result is without the query.
 * @throws NoAccess without a complete response.
 */
export async function exchange(server: KunaCoreServer, { path, body, headers = {} }: Request): Promise<Exchange> {
  const envelope = server.encryption ? createEnvelope(server.encryption) : PLAIN;
  try {
    const response = await fetch(server.apiUrl + path, {
      method: body ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: await envelope.seal(JSON.stringify(body)) } : {}),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const received = await response.text();
    const { status, ok } = response;
    const endpoint = path.split('?')[0] ?? path;
    const text = await (ok ? envelope.open(endpoint, received) : envelope.openError(received));
    const algorithms = algorithmsOf(received);
    return { path: endpoint, status, ok, headers: response.headers, text, body: parse(text), algorithms };
  } catch (error) {
    if (error instanceof MalformedResponseError) throw new NoAccess(`${path}: ${error.problem}`);
    throw new NoAccess(`${path}: ${reasonOf(error)}`);
  }
}

/** Returns `data` of a response: the object, the rows of a list, or undefined. */
export function dataOf({ body }: Exchange): unknown {
  return isObject(body) ? body.data : undefined;
}

/** Returns the rows of a list, bare or wrapped. */
export function rowsOf(response: Exchange): Record<string, unknown>[] {
  const data = dataOf(response);
  const list = isObject(data) ? data.items : data;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Returns a text of the response's object, such as its id. */
export function textOf(response: Exchange, key: string): string {
  const data = dataOf(response);
  const value = isObject(data) ? data[key] : undefined;
  return value === undefined || value === null ? '' : String(value);
}

/** A login that was made, for the questions about it. */
export interface Login {
  field: 'email' | 'login';
  /** The statuses of the other forms that were tried first. */
  refused: number[];
  response: Exchange;
  claims: Record<string, unknown> | undefined;
}

/**
 * Returns the headers that authenticate, and the login that was made for them.
 * @throws NoAccess when no form of the login is accepted.
 */
export async function authenticate(
  server: KunaCoreServer,
  credentials: Credentials,
): Promise<{ headers: Record<string, string>; login?: Login }> {
  if (credentials.kind === 'api-key') return { headers: { 'api-key': credentials.apiKey } };
  const { merchantId, login: user, password } = credentials;
  const refused: number[] = [];
  for (const field of ['email', 'login'] as const) {
    const body = { [field]: user, password };
    const response = await exchange(server, { path: '/v2/auth/login', body, headers: { merchant_id: merchantId } });
    const token = textOf(response, 'accessToken');
    if (response.ok && token)
      return {
        headers: { authorization: `Bearer ${token}` },
        login: { field, refused, response, claims: jwtClaims(token) },
      };
    refused.push(response.status);
  }
  throw new NoAccess(
    `/v2/auth/login: refused with ${refused.join(' and ')}. Compare KUNACORE_MERCHANT_ID, KUNACORE_LOGIN and KUNACORE_PASSWORD`,
  );
}

/** Returns how a body `{"token": "<compact JWE>"}` was encrypted. A JWT has three parts, a JWE five. */
function algorithmsOf(text: string): string | undefined {
  const { token } = (parse(text) ?? {}) as { token?: unknown };
  if (typeof token !== 'string' || token.split('.').length !== 5) return undefined;
  const { alg, enc } = decodeProtectedHeader(token);
  return `${alg}, ${enc}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no complete response within 10 s';
  const code = codeOf(error);
  const hint = /CERT|SIGNATURE|SELF_SIGNED/.test(code) ? '. Name your CA in NODE_EXTRA_CA_CERTS' : '';
  return `cannot be reached (${code})${hint}. Check KUNACORE_API_URL, DNS and the firewall`;
}

/** Returns the code of the system, or the name of the error. */
export function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const { code, name } = cause as { code?: unknown; name?: unknown };
  return String(code ?? name ?? 'unknown');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
