import type { IncomingHttpHeaders } from 'node:http';

/**
 * Reports whether a browser requests this page to show it now. False for a prefetch, for a page rendered in advance, for
 * the data of a refresh in place and for clients without Fetch Metadata, such as bots.
 * (Fetch Metadata, W3C; `Sec-Purpose`, Fetch Standard; `Purpose`, sent by older browsers)
 */
export function isPageVisit(headers: IncomingHttpHeaders): boolean {
  const isInAdvance = ['sec-purpose', 'purpose', 'next-router-prefetch'].some((name) => headers[name] !== undefined);
  return headers['sec-fetch-dest'] === 'document' && !isInAdvance;
}
