/**
 * May this request change anything? Next's own check lets a missing Origin and the other scheme pass, so this one is
 * strict: exactly the portal's origin, or, where a browser sends none or hides it, `Sec-Fetch-Site: same-origin`, which
 * no script can set. A sandboxed frame has the origin `null` too, but is cross-site.
 * (ASVS 5.0 3.5.1, OWASP CSRF Prevention: verifying origin with standard headers; Fetch Metadata, W3C)
 */
export function isSameOrigin(headers: Headers, portalOrigin: string): boolean {
  const origin = headers.get('origin');
  if (origin !== null && origin !== 'null') return origin === portalOrigin;
  return headers.get('sec-fetch-site') === 'same-origin';
}
