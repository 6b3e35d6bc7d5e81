/** Where the widget's document is shown: in the iframe of the buy page, or in a tab of its own. */
export type Destination = 'iframe' | 'document';

/** Headers of requests that a browser makes in advance, without the person's click. */
const IN_ADVANCE = ['sec-purpose', 'purpose', 'x-moz'];

/**
 * Checks that a page of ours opens the widget's document, now and in the place of this address. Fetch Metadata is exact.
 * Other browsers (Safari before 16.4, old WebViews, proxies that strip `Sec-*`) name the page in `Referer`. Where that is
 * hidden, a cookie proves it: the buy page and "Buy crypto" set it, it is `SameSite=Strict` and valid for one frame.
 * `Sec-Fetch-User` is not required: Safari does not send it.
 * (Fetch Metadata, W3C; RFC 6265bis 5.2; OWASP CSRF Prevention: verifying origin with standard headers)
 */
export function frameOrigin(
  headers: Headers,
  portalOrigin: string,
  { destination, isProven }: { destination: Destination; isProven: boolean },
): 'ours' | 'forbidden' | 'unproven' {
  const site = headers.get('sec-fetch-site');
  const sent = headers.get('sec-fetch-dest');
  if (IN_ADVANCE.some((name) => headers.has(name))) return 'forbidden';
  if (site !== null && site !== 'same-origin') return 'forbidden';
  if (sent !== null && sent !== destination) return 'forbidden';
  if (site !== null && sent !== null) return 'ours';
  const referer = headers.get('referer');
  if (referer !== null) return originOf(referer) === portalOrigin ? 'ours' : 'forbidden';
  return isProven ? 'ours' : 'unproven';
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
