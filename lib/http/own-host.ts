/** Characters that a host cannot contain (RFC 3986 3.2.2). */
const NO_HOST = /[\s\0/?#@\\]/;

/**
 * Reports whether a Host header names the portal in any equal spelling: letter case, the default port, a final dot,
 * an international name in UTF-8 or punycode, another form of the same IP address.
 * (RFC 9110 4.2.3; compared as the URL Standard serialises hosts)
 */
export function isOwnHost(header: string | null | undefined, portalOrigin: string): boolean {
  const host = parseHost(header, portalOrigin);
  return host !== null && host.name === parseHost(new URL(portalOrigin).host, portalOrigin)?.name;
}

/** Reports whether browsers treat this spelling as another origin with its own cookies: a final dot. */
export function isOtherOrigin(header: string | null | undefined, portalOrigin: string): boolean {
  return parseHost(header, portalOrigin)?.rooted ?? false;
}

function parseHost(header: string | null | undefined, portalOrigin: string): { name: string; rooted: boolean } | null {
  // Node decodes headers as Latin-1, one character per byte.
  const text = Buffer.from(header ?? '', 'latin1').toString('utf8');
  const url = `${new URL(portalOrigin).protocol}//${text}`;
  if (!text || NO_HOST.test(text) || !URL.canParse(url)) return null;
  const { hostname, port } = new URL(url);
  const rooted = hostname.endsWith('.');
  return { name: `${rooted ? hostname.slice(0, -1) : hostname}:${port}`, rooted };
}

/** Returns the address of a path at the portal's origin. Joins text, so that `//host` cannot become a host. */
export function atOwnOrigin(portalOrigin: string, path: string): string {
  return portalOrigin + path;
}
