import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { createCustomer, customerDetails, findCustomers, updateCustomer } from './customers';
import { decrypted, encrypted } from './encryption';
import { type Context, type Endpoint, endpoint, Refusal } from './endpoint';
import { readText, send, sendJson } from './http';
import { balance, findOperations, operationDetails, rates } from './money';
import { invalidate, issueToken } from './ramp';
import { type Core, newId, newJwt } from './state';

/** A partner's credentials: the key, or a login with its merchant id. */
export const CREDENTIALS = { apiKey: 'reference-kunacore-key', merchantId: 'm2', login: 'l2', password: 'p2' };

const LOGIN_LIFETIME_MS = 3_600_000;

const LOGIN = 'POST /v2/auth/login';

const byEmail = endpoint('email password', '', ({ email, password }, context) => issue(email, password, context));
const byLogin = endpoint('login password', '', ({ login, password }, context) => issue(login, password, context));
const logIn: Endpoint = (body, context) =>
  context.core.switches.loginBody === 'email' ? byEmail(body, context) : byLogin(body, context);

function issue(login: string, password: string, { core, headers }: Context): object {
  const known = login === CREDENTIALS.login && password === CREDENTIALS.password;
  if (!known || headers.merchant_id !== CREDENTIALS.merchantId) throw unauthorised();
  const expiresAt = core.now() + LOGIN_LIFETIME_MS;
  const accessToken = newJwt({ exp: Math.floor(expiresAt / 1000), jti: newId('jwt') });
  core.state.accessTokens.set(accessToken, expiresAt);
  return { tokenType: null, accessToken };
}

const ENDPOINTS = new Map<string, Endpoint>([
  [LOGIN, logIn],
  ['POST /v2/customer/create', createCustomer],
  ['POST /v2/customer/find', findCustomers],
  ['POST /v2/customer/details', customerDetails],
  ['POST /v2/customer/update', updateCustomer],
  ['POST /v2/ramp/token', issueToken],
  ['POST /v2/ramp/invalidate', invalidate],
  ['POST /v2/balance', balance],
  ['POST /v2/operation/find', findOperations],
  ['POST /v2/operation/details', operationDetails],
  ['GET /v2/rate/equivalent', rates],
]);

/** Answers and records one request to KunaCore's API. */
export async function handleApi(core: Core, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://api');
  const name = `${request.method} ${pathname}`;
  const isEncrypted = core.switches.encryption === 'on';
  const text = await readText(request);
  const body = parsed(isEncrypted ? await decrypted(text) : text);
  const record = (status: number) => core.calls.push({ endpoint: name, query: query.toString(), body, status });
  try {
    const data = dispatch(name, body, { core, query, headers: request.headers });
    record(core.switches.successCode);
    const payload = { meta: null, data };
    sendJson(response, core.switches.successCode, isEncrypted ? await encrypted(payload) : payload);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    record(error.status);
    await sendRefusal(core, response, error);
  }
}

function dispatch(name: string, body: unknown, context: Context): unknown {
  const endpoint = ENDPOINTS.get(name);
  if (endpoint === undefined) {
    const path = name.slice(name.indexOf(' '));
    const otherMethod = [...ENDPOINTS.keys()].some((known) => known.endsWith(path));
    throw otherMethod ? new Refusal(405, 'METHOD', 'Wrong method') : new Refusal(404, 'PATH', 'No such path');
  }
  if (name !== LOGIN && !isAuthorised(context)) throw unauthorised();
  const type = context.headers['content-type'] ?? '';
  if (name.startsWith('POST') && !type.startsWith('application/json')) throw new Refusal(415, 'TYPE', 'Not JSON');
  return endpoint(body, context);
}

function isAuthorised({ core, headers }: Context): boolean {
  if (headers['api-key'] !== undefined) return headers['api-key'] === CREDENTIALS.apiKey;
  const jwt = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  return core.now() < (core.state.accessTokens.get(jwt) ?? 0);
}

function unauthorised(): Refusal {
  return new Refusal(401, 'UNAUTHORISED', 'Unauthorised');
}

// With encryption, errors are encrypted too, unless they are plain text.
async function sendRefusal(core: Core, response: ServerResponse, { status, code, message }: Refusal): Promise<void> {
  const { errorBody: shape, encryption } = core.switches;
  if (shape === 'text') return send(response, status, 'text/plain', message);
  const body =
    shape === 'errors' ? { errors: [{ code, message }] } : { statusCode: status, message, error: STATUS_CODES[status] };
  sendJson(response, status, encryption === 'on' ? await encrypted(body) : body);
}

// Records a body that is not JSON as text. Every endpoint refuses text.
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
