/**
 * Reports whether a request may make changes. Requires exactly the portal's origin. Where the browser hides or omits it,
 * requires `Sec-Fetch-Site: same-origin`, which scripts cannot set; a sandboxed frame is cross-site.
 * Next's own check accepts a missing Origin and the other scheme.
 * (ASVS 5.0 3.5.1, OWASP CSRF Prevention: verifying origin with standard headers; Fetch Metadata, W3C)
 */
export function isSameOrigin(headers: Headers, portalOrigin: string): boolean {
  const origin = headers.get('origin');
  if (origin !== null && origin !== 'null') return origin === portalOrigin;
  return headers.get('sec-fetch-site') === 'same-origin';
}
