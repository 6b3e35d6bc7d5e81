import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { NextApiRequest, NextApiResponse } from 'next';
import NextAuth, { type NextAuthOptions } from 'next-auth';

/** A server with next-auth's routes only. */
export interface AuthServer {
  origin: string;
  close(): void;
}

/** Starts the server on a free port. @param options called at each request, after the address is known. */
export async function startAuthServer(options: () => NextAuthOptions): Promise<AuthServer> {
  const server = createServer((request, response) => {
    respond(request, response, options()).catch((error) => response.writeHead(500).end(String(error)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Adds the properties that next-auth expects of Next's API routes. */
async function respond(request: IncomingMessage, response: ServerResponse, options: NextAuthOptions): Promise<void> {
  const url = new URL(request.url ?? '', 'http://server');
  const nextauth = url.pathname.replace('/api/auth/', '').split('/');
  const parsed = Object.assign(request, {
    query: { ...Object.fromEntries(url.searchParams), nextauth },
    cookies: cookiesOf(request),
    body: Object.fromEntries(new URLSearchParams(await text(request))),
  });
  const helpful = Object.assign(response, {
    status: (code: number) => Object.assign(response, { statusCode: code }),
    json: (body: unknown) => response.end(JSON.stringify(body)),
    send: (body: unknown) => response.end(typeof body === 'string' ? body : JSON.stringify(body)),
  });
  await NextAuth(parsed as unknown as NextApiRequest, helpful as unknown as NextApiResponse, options);
}

function cookiesOf({ headers }: IncomingMessage): Record<string, string> {
  const pairs = [...(headers.cookie ?? '').matchAll(/([^=; ]+)=([^;]*)/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, decodeURIComponent(value)]));
}

/** Keeps cookies by name and follows no redirect. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();

  async open(url: string | URL, fields?: Record<string, string>): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
    });
    for (const set of response.headers.getSetCookie()) this.keep(set);
    return response;
  }

  private keep(set: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (value) this.cookies.set(name, value);
    else this.cookies.delete(name);
  }
}
