/**
 * Where a request for the frame's document comes from. Browsers with Fetch Metadata say it exactly. Others (Safari
 * before 16.4, old WebViews, behind proxies that strip `Sec-*`) name the page in `Referer`, or, where that is hidden,
 * bring the cookie of "Buy crypto": `SameSite=Strict`, so that no other site's request carries it, and for one frame.
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
