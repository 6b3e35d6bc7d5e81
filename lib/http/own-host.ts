/** What RFC 3986 3.2.2 lets no host hold: user names, paths, queries, blanks. */
const NO_HOST = /[\s\0/?#@\\]/;

/**
 * Whether a Host header names the portal, in any spelling that is equal to its own: letter case, the default port,
 * a final dot, an international name in UTF-8 or punycode, another form of the same IP address.
 * (RFC 9110 4.2.3; compared as the URL Standard serialises hosts)
 */
export function isOwnHost(header: string | null | undefined, portalOrigin: string): boolean {
  const host = parseHost(header, portalOrigin);
  return host !== null && host.name === parseHost(new URL(portalOrigin).host, portalOrigin)?.name;
}

/** Whether a browser takes this spelling for another origin, with cookies of its own: a final dot. */
export function isOtherOrigin(header: string | null | undefined, portalOrigin: string): boolean {
  return parseHost(header, portalOrigin)?.rooted ?? false;
}

function parseHost(header: string | null | undefined, portalOrigin: string): { name: string; rooted: boolean } | null {
  // Node hands headers over as Latin-1 text, a character a byte.
  const text = Buffer.from(header ?? '', 'latin1').toString('utf8');
  const url = `${new URL(portalOrigin).protocol}//${text}`;
  if (!text || NO_HOST.test(text) || !URL.canParse(url)) return null;
  const { hostname, port } = new URL(url);
  const rooted = hostname.endsWith('.');
  return { name: `${rooted ? hostname.slice(0, -1) : hostname}:${port}`, rooted };
}

/** The same page at the portal's own origin. Text, not a URL made of parts: a path of two slashes must not become a host. */
export function atOwnOrigin(portalOrigin: string, path: string): string {
  return portalOrigin + path;
}
