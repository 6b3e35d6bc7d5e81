/**
 * Reports whether a browser requests this page to show it now. False for a prefetch, for a page rendered in advance, for
 * the data of a refresh in place and for clients without Fetch Metadata, such as bots.
 * (Fetch Metadata, W3C; `Sec-Purpose`, Fetch Standard; `Purpose`, sent by older browsers)
 */
export function isPageVisit(headers: Headers): boolean {
  const isInAdvance = headers.has('sec-purpose') || headers.has('purpose') || headers.has('next-router-prefetch');
  return headers.get('sec-fetch-dest') === 'document' && !isInAdvance;
}
