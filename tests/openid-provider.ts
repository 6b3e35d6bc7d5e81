import { createHash, generateKeyPairSync, KeyObject, randomUUID, sign as signWithNode } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';

export const CLIENT_ID = 'partner-portal';
export const CLIENT_SECRET = 'a-client-secret-of-more-than-32-characters';

/** Returns the portal's settings for this provider. */
export function settingsFor({ issuer }: Pick<OpenIdProvider, 'issuer'>): Record<string, string> {
  return { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: CLIENT_ID, OIDC_CLIENT_SECRET: CLIENT_SECRET };
}

/** The provider's claims about the person who signs in. Undefined claims are left out. */
export interface ProviderResponse {
  /** Overrides the claims of a valid ID token. */
  token?: JWTPayload;
  /** Overrides the userinfo claims of a verified customer. */
  userinfo?: Record<string, unknown>;
  /** Makes the ID token, or none. By default it is signed correctly. */
  seal?(claims: JWTPayload, sign: Sign): string | undefined | Promise<string>;
}

/** Signs an ID token with the key that the provider publishes. */
type Sign = (claims: JWTPayload) => Promise<string>;

/** The address of an endpoint below the issuer. */
type Endpoint = '/.well-known/openid-configuration' | '/jwks' | '/token' | '/userinfo';

/** What a provider does that others do not. All of it can be changed between two sign-ins. */
export interface Behaviour {
  /** The signature of ID tokens. HS algorithms use the client secret. */
  alg: string;
  /** Overrides the metadata; an undefined value is left out. */
  metadata: Record<string, unknown>;
  /** Changes the published keys. */
  keys(keys: JWK[]): JWK[];
  /** The accepted ways to authenticate the client. */
  clientAuth: ('client_secret_basic' | 'client_secret_post' | 'private_key_jwt')[];
  /** The client's registered public keys, for private_key_jwt. */
  clientKeys: JWK[];
  /** The scopes that it knows; it refuses others. Undefined: all. */
  scopes?: string[];
  /** The values of `prompt` that it accepts. Undefined: all. */
  prompts?: string[];
  /** The registered addresses to lead browsers back to. Undefined: any. */
  redirectUris?: string[];
  /** How it encodes the userinfo. */
  userinfo: 'json' | 'jwt' | 'html';
  /** More headers of every response. */
  headers?: Record<string, string>;
  /** Milliseconds of silence for the next requests to an endpoint. */
  slow: Partial<Record<Endpoint, number[]>>;
  /** Statuses for the next requests to an endpoint, with an error of that code as JSON. */
  fails: Partial<Record<Endpoint, { status: number; error: string; description?: string }[]>>;
}

/** An OpenID provider with responses of the test's choice, invalid ones included. */
export interface OpenIdProvider {
  issuer: string;
  /** The id of the provider's published key. */
  keyId: string;
  /** The issuer that the discovery document names. */
  callsItself: string;
  behaviour: Behaviour;
  /** The numbers of requests to each endpoint. */
  requests: Map<string, number>;
  /** Behaves like a plain provider again. */
  reset(): void;
  /**
   * Signs a person in, or refuses the request (RFC 6749 4.1.2.1). @param requested the address to which the portal sent
   * the browser. @returns the address to which the provider redirects. The code can be used repeatedly, so that only
   * the portal refuses a replay.
   */
  respond(requested: URL, response?: ProviderResponse): URL;
  close(): void;
}

interface Grant {
  requested: URLSearchParams;
  response: ProviderResponse;
}

interface Answer {
  status: number;
  type: string;
  body: string;
  location?: string;
}

interface Pair {
  publicKey: CryptoKey | KeyObject;
  privateKey: CryptoKey | KeyObject;
}

/** jose 6 no longer knows ES256K (RFC 8812), which providers may still use. */
async function makePair(alg: string): Promise<Pair> {
  if (alg === 'ES256K') return generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  return generateKeyPair(alg, { extractable: true });
}

function signedByNode(header: object, claims: JWTPayload, key: KeyObject): string {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${signWithNode('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const PLAIN = (): Behaviour => ({
  alg: 'RS256',
  metadata: {},
  keys: (keys) => keys,
  clientAuth: ['client_secret_basic'],
  clientKeys: [],
  userinfo: 'json',
  slow: {},
  fails: {},
});

/** Starts the provider on a free port: code flow with PKCE for one client, without pages. */
export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  const keyId = 'the-only-key';
  const pairs = new Map<string, Pair>();
  // Keyed by code and, after redemption, by access token.
  const grants = new Map<string, Grant>();
  const server = createServer((request, response) => void serve(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function pairOf(alg: string) {
    const pair = pairs.get(alg) ?? (await makePair(alg));
    pairs.set(alg, pair);
    return pair;
  }
  async function sign(claims: JWTPayload): Promise<string> {
    const { alg } = provider.behaviour;
    if (alg.startsWith('HS')) return new SignJWT(claims).setProtectedHeader({ alg }).sign(Buffer.from(CLIENT_SECRET));
    const { privateKey } = await pairOf(alg);
    const header = { alg, kid: keyId };
    if (privateKey instanceof KeyObject) return signedByNode(header, claims, privateKey);
    return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { behaviour, requests } = provider;
    const endpoint = (request.url ?? '').split('?')[0] as Endpoint;
    requests.set(endpoint, (requests.get(endpoint) ?? 0) + 1);
    await sleep(behaviour.slow[endpoint]?.shift() ?? 0);
    const failure = behaviour.fails[endpoint]?.shift();
    const { status, type, body, location } = failure
      ? json({ error: failure.error, error_description: failure.description }, failure.status)
      : ((await reply(request).catch(() => null)) ?? json({ error: 'invalid_grant' }, 400));
    response.writeHead(status, { 'content-type': type, ...behaviour.headers, ...(location && { location }) });
    response.end(body);
  }

  async function reply(request: IncomingMessage): Promise<Answer | null> {
    const { behaviour } = provider;
    const url = new URL(request.url ?? '', issuer);
    switch (url.pathname) {
      case '/authorize':
        return authorize(url, behaviour);
      case '/.well-known/openid-configuration':
        return json({ ...discovery(issuer, provider.callsItself), ...behaviour.metadata });
      case '/jwks':
        return json({ keys: behaviour.keys(await publishedKeys()) });
      case '/token':
        return redeem(request);
      case '/userinfo':
        return userinfo(request);
      default:
        return null;
    }
  }

  async function publishedKeys(): Promise<JWK[]> {
    const { alg } = provider.behaviour;
    if (alg.startsWith('HS')) return [];
    const { publicKey } = await pairOf(alg);
    const jwk = publicKey instanceof KeyObject ? publicKey.export({ format: 'jwk' }) : await exportJWK(publicKey);
    return [{ ...jwk, kid: keyId, use: 'sig', alg } as JWK];
  }

  async function redeem(request: IncomingMessage): Promise<Answer | null> {
    const form = new URLSearchParams(await text(request));
    if (!(await isClient(request, form, provider.behaviour, issuer))) return json({ error: 'invalid_client' }, 401);
    const grant = grants.get(form.get('code') ?? '');
    if (!grant || !fits(form, grant.requested)) return null;
    const { token, seal = sign } = grant.response;
    const accessToken = randomUUID();
    grants.set(accessToken, grant);
    const claims = { ...goodClaims(issuer, provider.callsItself, grant.requested), ...token };
    return json({ token_type: 'Bearer', access_token: accessToken, id_token: await seal(claims, sign) });
  }

  async function userinfo(request: IncomingMessage): Promise<Answer | null> {
    const grant = grants.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
    if (!grant) return null;
    const claims = { sub: 'olena', email: 'olena@example.test', email_verified: true, ...grant.response.userinfo };
    switch (provider.behaviour.userinfo) {
      case 'json':
        return json(claims);
      case 'jwt':
        return { status: 200, type: 'application/jwt', body: await sign({ ...claims, iss: issuer, aud: CLIENT_ID }) };
      case 'html':
        return { status: 200, type: 'text/html', body: '<p>Please sign in</p>' };
    }
  }

  const provider: OpenIdProvider = {
    issuer,
    keyId,
    callsItself: issuer,
    behaviour: PLAIN(),
    requests: new Map(),
    reset() {
      provider.callsItself = issuer;
      provider.behaviour = PLAIN();
      provider.requests.clear();
    },
    respond({ searchParams: requested }, response = {}) {
      const back = new URL(requested.get('redirect_uri') ?? '');
      const state = requested.get('state') ?? '';
      const error = refusal(requested, provider.behaviour);
      const code = randomUUID();
      if (!error) grants.set(code, { requested, response });
      back.search = String(new URLSearchParams(error ? { error, state } : { code, state }));
      return back;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return provider;
}

function json(value: object, status = 200): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

function discovery(address: string, issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${address}/authorize`,
    token_endpoint: `${address}/token`,
    userinfo_endpoint: `${address}/userinfo`,
    jwks_uri: `${address}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

/** Answers a browser that nobody has signed in with: a page, or a redirect that says why there is no identity. */
function authorize({ searchParams }: URL, behaviour: Behaviour): Answer {
  const back = searchParams.get('redirect_uri') ?? '';
  const isRegistered = !behaviour.redirectUris || behaviour.redirectUris.includes(back);
  const page = { type: 'text/html', body: '<p>Who are you?</p>' };
  if (!isRegistered || searchParams.get('client_id') !== CLIENT_ID) return { status: 400, ...page };
  const error = refusal(searchParams, behaviour) ?? (searchParams.get('prompt') === 'none' ? 'login_required' : null);
  if (!error) return { status: 200, ...page };
  const query = new URLSearchParams({ error, state: searchParams.get('state') ?? '' });
  return { status: 302, ...page, location: `${back}?${query}` };
}

/** The error with which the provider sends the browser back, or null. */
function refusal(requested: URLSearchParams, { scopes, prompts }: Behaviour): string | null {
  const asked = (requested.get('scope') ?? '').split(' ');
  if (scopes && asked.some((scope) => !scopes.includes(scope))) return 'invalid_scope';
  const prompt = requested.get('prompt');
  return prompts && prompt && !prompts.includes(prompt) ? 'invalid_request' : null;
}

function goodClaims(issuer: string, iss: string, requested: URLSearchParams): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const authTime = requested.has('max_age') ? { auth_time: now } : {};
  return {
    iss: iss.replace(/\/+$/, '') === issuer ? iss : issuer,
    sub: 'olena',
    aud: CLIENT_ID,
    iat: now,
    exp: now + 300,
    nonce: requested.get('nonce'),
    ...authTime,
  };
}

async function isClient(
  request: IncomingMessage,
  form: URLSearchParams,
  { clientAuth, clientKeys }: Behaviour,
  issuer: string,
): Promise<boolean> {
  const credentials = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64');
  if (request.headers.authorization) {
    return clientAuth.includes('client_secret_basic') && request.headers.authorization === `Basic ${credentials}`;
  }
  if (form.has('client_secret'))
    return clientAuth.includes('client_secret_post') && form.get('client_secret') === CLIENT_SECRET;
  if (!clientAuth.includes('private_key_jwt')) return false;
  const keys = createLocalJWKSet({ keys: clientKeys } as JSONWebKeySet);
  const expected = { issuer: CLIENT_ID, subject: CLIENT_ID, audience: issuer, requiredClaims: ['jti', 'exp'] };
  return jwtVerify(form.get('client_assertion') ?? '', keys, expected).then(
    () => true,
    () => false,
  );
}

/** Checks PKCE (RFC 7636 4.6) and the redirect address (RFC 6749 4.1.3). */
function fits(form: URLSearchParams, requested: URLSearchParams): boolean {
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  return requested.get('code_challenge') === challenge && requested.get('redirect_uri') === form.get('redirect_uri');
}
