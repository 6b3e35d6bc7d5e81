import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** The event that a logout token names. */
export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** An identity provider that ends sessions: metadata, keys, and logout tokens of the test's choice. */
export interface LogoutProvider {
  issuer: string;
  /** Its current private key. */
  privateKey: CryptoKey;
  /** The id of its published key. */
  keyId: string;
  /** Answers nothing but 503. */
  down: boolean;
  /** Answers to nothing at all. */
  silent: boolean;
  /** Its metadata, which tests may change. */
  metadata: Record<string, unknown>;
  /** How often its keys were fetched. */
  keysFetched: number;
  /** Publishes a new key instead of the old one. */
  changeKey(): Promise<void>;
  /** Signs a logout token: a good one, with these claims and header parameters instead. Undefined ones are left out. */
  sign(claims?: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  close(): void;
}

let tokens = 0;

/** Starts the provider on a free port. */
export async function startLogoutProvider(clientId: string): Promise<LogoutProvider> {
  const server = createServer((request, response) => {
    if (provider.silent) return;
    const body = provider.down ? null : contentOf(request.url);
    response.writeHead(body ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let published: object[] = [];

  function contentOf(path: string | undefined): object | null {
    if (path === '/.well-known/openid-configuration') return provider.metadata;
    if (path !== '/jwks') return null;
    provider.keysFetched += 1;
    return { keys: published };
  }

  const provider: LogoutProvider = {
    issuer,
    privateKey: undefined as unknown as CryptoKey,
    keyId: '',
    down: false,
    silent: false,
    metadata: {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      end_session_endpoint: `${issuer}/end`,
      id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
    },
    keysFetched: 0,
    async changeKey() {
      const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
      provider.keyId = `key-${published.length}-${Date.now()}`;
      provider.privateKey = privateKey;
      published = [{ ...(await exportJWK(publicKey)), kid: provider.keyId, use: 'sig', alg: 'RS256' }];
    },
    sign(claims, header) {
      const all = JSON.parse(JSON.stringify({ ...goodClaims(issuer, clientId), ...claims })) as JWTPayload;
      const parameters = { alg: 'RS256', kid: provider.keyId, typ: 'logout+jwt', ...header };
      // A test may name a critical header that no client knows.
      return new SignJWT(all).setProtectedHeader(parameters).sign(provider.privateKey, { crit: { x: true } });
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  await provider.changeKey();
  return provider;
}

function goodClaims(issuer: string, audience: string): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  tokens += 1;
  return {
    iss: issuer,
    aud: audience,
    iat: now,
    exp: now + 120,
    jti: `token-${tokens}-${now}`,
    events: { [LOGOUT_EVENT]: {} },
  };
}
