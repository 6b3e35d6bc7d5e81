import type { ServerResponse } from 'node:http';

/**
 * Adds `no-store` to responses that set a cookie, and to responses without a `cache-control` header. A shared cache could
 * otherwise serve them to others (ASVS 5.0 14.2.2; RFC 9111 4.2.2, 7.3). Runs when the headers are written, for all
 * routes.
 */
export function refuseUnwantedStorage(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    const policy = String(response.getHeader('cache-control') ?? '');
    if (!policy || (response.hasHeader('set-cookie') && !policy.includes('no-store')))
      response.setHeader('cache-control', 'no-store');
    return writeHead(...args);
  };
}
