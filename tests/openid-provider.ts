import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const CLIENT_ID = 'partner-portal';
export const CLIENT_SECRET = 'a-client-secret-of-more-than-32-characters';

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

/** An OpenID provider with responses of the test's choice, invalid ones included. */
export interface OpenIdProvider {
  issuer: string;
  /** The id of the provider's published key. */
  keyId: string;
  /** The issuer that the discovery document names. */
  callsItself: string;
  /**
   * Signs a person in. @param requested the address to which the portal sent the browser.
   * @returns the address to which the provider redirects. The code can be used repeatedly, so that only the portal
   * refuses a replay.
   */
  respond(requested: URL, response?: ProviderResponse): URL;
  close(): void;
}

interface Grant {
  requested: URLSearchParams;
  response: ProviderResponse;
}

/** Starts the provider on a free port: code flow with PKCE for one client, without pages. */
export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  const keyId = 'the-only-key';
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: keyId, use: 'sig', alg: 'RS256' }] };
  const sign: Sign = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: keyId }).sign(privateKey);
  // Keyed by code and, after redemption, by access token.
  const grants = new Map<string, Grant>();
  const server = createServer((request, response) => void serve(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await reply(request).catch(() => null);
    response.writeHead(body ? 200 : 400, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { error: 'invalid_grant' }));
  }

  async function reply(request: IncomingMessage): Promise<object | null> {
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return discovery(issuer, provider.callsItself);
      case '/jwks':
        return jwks;
      case '/token':
        return redeem(request);
      case '/userinfo':
        return userinfo(request);
      default:
        return null;
    }
  }

  async function redeem(request: IncomingMessage): Promise<object | null> {
    const form = new URLSearchParams(await text(request));
    const grant = grants.get(form.get('code') ?? '');
    if (!grant || !isClient(request) || !fits(form, grant.requested)) return null;
    const { token, seal = sign } = grant.response;
    const accessToken = randomUUID();
    grants.set(accessToken, grant);
    const claims = { ...goodClaims(issuer, grant.requested), ...token };
    return { token_type: 'Bearer', access_token: accessToken, id_token: await seal(claims, sign) };
  }

  function userinfo(request: IncomingMessage): object | null {
    const grant = grants.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
    return grant
      ? { sub: 'olena', email: 'olena@example.test', email_verified: true, ...grant.response.userinfo }
      : null;
  }

  const provider: OpenIdProvider = {
    issuer,
    keyId,
    callsItself: issuer,
    respond({ searchParams: requested }, response = {}) {
      const code = randomUUID();
      grants.set(code, { requested, response });
      const back = new URL(requested.get('redirect_uri') ?? '');
      back.search = String(new URLSearchParams({ code, state: requested.get('state') ?? '' }));
      return back;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return provider;
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

function goodClaims(issuer: string, requested: URLSearchParams): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const authTime = requested.has('max_age') ? { auth_time: now } : {};
  return {
    iss: issuer,
    sub: 'olena',
    aud: CLIENT_ID,
    iat: now,
    exp: now + 300,
    nonce: requested.get('nonce'),
    ...authTime,
  };
}

function isClient(request: IncomingMessage): boolean {
  const credentials = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64');
  return request.headers.authorization === `Basic ${credentials}`;
}

/** Checks PKCE (RFC 7636 4.6) and the redirect address (RFC 6749 4.1.3). */
function fits(form: URLSearchParams, requested: URLSearchParams): boolean {
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  return requested.get('code_challenge') === challenge && requested.get('redirect_uri') === form.get('redirect_uri');
}
