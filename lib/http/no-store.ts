import type { ServerResponse } from 'node:http';

/**
 * Keeps an answer that sets a cookie out of every cache: a cache would hand the cookie to others (ASVS 5.0 14.2.2,
 * RFC 9111 7.3). Looks when the headers are written, so that no route can forget it.
 */
export function neverStoreCookies(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  response.writeHead = (...given: unknown[]) => {
    const cacheControl = String(response.getHeader('cache-control') ?? '');
    if (response.hasHeader('set-cookie') && !cacheControl.includes('no-store'))
      response.setHeader('cache-control', 'no-store');
    return writeHead(...given);
  };
}
