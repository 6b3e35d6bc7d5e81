import type { ServerResponse } from 'node:http';

/**
 * Keeps an answer that sets a cookie out of every cache, and one that says nothing of caches, too: a cache would
 * decide for itself and hand it to others (ASVS 5.0 14.2.2; RFC 9111 4.2.2, 7.3). Looks when the headers are written,
 * so that no route can forget it.
 */
export function refuseUnwantedStorage(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  response.writeHead = (...given: unknown[]) => {
    const said = String(response.getHeader('cache-control') ?? '');
    if (!said || (response.hasHeader('set-cookie') && !said.includes('no-store')))
      response.setHeader('cache-control', 'no-store');
    return writeHead(...given);
  };
}
