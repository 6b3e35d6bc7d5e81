/**
 * Checks the origin of a request for the frame's document. Fetch Metadata is exact. Other browsers (Safari before 16.4,
 * old WebViews, proxies that strip `Sec-*`) name the page in `Referer`. Where that is hidden, the cookie of "Buy crypto"
 * proves it: it is `SameSite=Strict` and valid for one frame.
 * (Fetch Metadata, W3C; RFC 6265bis 5.2; OWASP CSRF Prevention: verifying origin with standard headers)
 */
export function frameOrigin(
  headers: Headers,
  portalOrigin: string,
  wasPressed: boolean,
): 'ours' | 'forbidden' | 'unproven' {
  const site = headers.get('sec-fetch-site');
  const destination = headers.get('sec-fetch-dest');
  if (site !== null && site !== 'same-origin') return 'forbidden';
  if (destination !== null && destination !== 'iframe') return 'forbidden';
  if (site !== null && destination !== null) return 'ours';
  const referer = headers.get('referer');
  if (referer !== null) return originOf(referer) === portalOrigin ? 'ours' : 'forbidden';
  return wasPressed ? 'ours' : 'unproven';
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
