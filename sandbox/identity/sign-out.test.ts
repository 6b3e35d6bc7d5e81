import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIdentityProvider } from './provider';
import { identitySwitches } from './switches';

const CLIENT = { clientId: 'partner-portal', clientSecret: 'a secret' };

let portal: Server;
let portalUrl: string;
/** The answers of the portal to logout tokens, in order; 200 afterwards. */
let answers: number[];
let received: string[];
const servers: Server[] = [];

beforeAll(async () => {
  portal = await listening();
  portalUrl = addressOf(portal);
  portal.on('request', async (request, response) => {
    if (request.url === '/api/auth/backchannel-logout')
      received.push(new URLSearchParams(await text(request)).get('logout_token') ?? '');
    response.writeHead(answers.shift() ?? 200).end();
  });
});
beforeEach(() => {
  answers = [];
  received = [];
});
afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

async function listening(): Promise<Server> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function startProvider(endSession: 'on' | 'off' = 'on'): Promise<string> {
  const server = await listening();
  const issuer = addressOf(server);
  const switches = identitySwitches.parse({ endSession });
  const { server: provider } = createIdentityProvider({ issuer, ...CLIENT, portalUrls: [portalUrl], switches });
  server.on('request', (request, response) => provider.emit('request', request, response));
  return issuer;
}

/** A browser in which a person is signed in at the bank. */
class Browser {
  readonly cookies = new Map<string, string>();
  constructor(readonly issuer: string) {}

  async open(path: string, fields?: Record<string, string>, accept = 'text/html'): Promise<Response> {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(new URL(path, this.issuer), {
      redirect: 'manual',
      headers: { accept, cookie },
      ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      this.cookies.set(name, value);
    }
    return response;
  }

  /** Asks for a code. @returns where the provider leads. */
  async ask(): Promise<URL> {
    const query = new URLSearchParams({
      client_id: CLIENT.clientId,
      redirect_uri: `${portalUrl}/api/auth/callback/oidc`,
      response_type: 'code',
      scope: 'openid',
      code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const response = await this.open(`/auth?${query}`);
    return new URL(response.headers.get('location') ?? '', this.issuer);
  }

  async signIn(sub: string): Promise<this> {
    const chosen = await this.open((await this.ask()).pathname, { sub });
    await this.open(chosen.headers.get('location') ?? '');
    return this;
  }

  async isAsked(): Promise<boolean> {
    return (await this.ask()).pathname.startsWith('/interaction/');
  }
}

async function claimsOf(token: string | undefined, issuer: string) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const options = { issuer, audience: CLIENT.clientId, typ: 'logout+jwt' };
  return (await jwtVerify(token ?? '', keys, options)).payload;
}

describe('the end of a session at the bank', () => {
  it('is a form of the start page, and is told to the portal by a logout token', async () => {
    const issuer = await startProvider();
    const browser = await new Browser(issuer).signIn('olena-kovalenko');
    const page = await (await browser.open('/')).text();
    expect(page).toContain('Olena Kovalenko is signed in at this bank');
    const uid = /name="uid" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const ended = await browser.open('/sessions/end', { uid });
    expect(ended.headers.get('location')).toBe('/');
    expect(await claimsOf(received[0], issuer)).toMatchObject({
      sub: 'olena-kovalenko',
      sid: expect.any(String),
      jti: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(await browser.isAsked()).toBe(true);
    expect(await (await browser.open('/')).text()).not.toContain('is signed in at this bank');
  });

  it('ends all sessions of a person, names the person alone where asked, and says what the portal answered', async () => {
    const issuer = await startProvider();
    const browser = await new Browser(issuer).signIn('giulia-rossi');
    await new Browser(issuer).signIn('giulia-rossi');
    await new Browser(issuer).signIn('maksym-bondar');
    answers = [400];
    const fields = { sub: 'giulia-rossi', naming: 'person' };
    const told = await (await browser.open('/sessions/end', fields, 'application/json')).json();
    expect(told).toEqual([
      { portal: portalUrl, status: 400 },
      { portal: portalUrl, status: 200 },
    ]);
    for (const token of received) expect(await claimsOf(token, issuer)).not.toHaveProperty('sid');
    expect(await (await browser.open('/')).text()).toContain('Maksym Bondar is signed in');
  });
});

describe('the portal’s sign-out', () => {
  const asked = (changes = {}) => {
    const back = { client_id: CLIENT.clientId, post_logout_redirect_uri: `${portalUrl}/sign-out/done`, state: 's' };
    return `/session/end?${new URLSearchParams({ ...back, ...changes })}`;
  };

  it('ends the session, tells the portal, and leads back with the state', async () => {
    const issuer = await startProvider();
    const browser = await new Browser(issuer).signIn('olena-kovalenko');
    expect(await browser.isAsked()).toBe(false);
    const response = await browser.open(asked());
    expect(response.headers.get('location')).toBe(`${portalUrl}/sign-out/done?state=s`);
    expect(received).toHaveLength(1);
    expect(await browser.isAsked()).toBe(true);
  });

  it('leads to no address that is not registered', async () => {
    const browser = new Browser(await startProvider());
    for (const changes of [{ post_logout_redirect_uri: 'https://evil.example/' }, { client_id: 'another' }])
      expect((await browser.open(asked(changes))).status).toBe(400);
  });

  it('is in the metadata, unless it is off', async () => {
    for (const endSession of ['on', 'off'] as const) {
      const issuer = await startProvider(endSession);
      const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
      expect('end_session_endpoint' in metadata).toBe(endSession === 'on');
      expect(metadata.backchannel_logout_supported).toBe(true);
      expect((await new Browser(issuer).open(asked())).status).toBe(endSession === 'on' ? 303 : 404);
    }
  });
});
