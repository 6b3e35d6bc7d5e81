/** The path and query of a request, and the host of an absolute target. */
export interface RequestTarget {
  path: string;
  host?: string;
}

/**
 * Parses a request target (RFC 9112 3.2). The host of an absolute target replaces the Host header (3.2.2). `*` is valid
 * for OPTIONS only.
 * @returns null for an invalid target.
 */
export function parseTarget(method: string, target: string): RequestTarget | null {
  if (target === '*') return method === 'OPTIONS' ? { path: '/' } : null;
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target);
  if (!absolute) return isOriginForm(target) ? { path: target } : null;
  const [, host = '', rest = ''] = absolute;
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return isOriginForm(path) ? { path, host } : null;
}

/** Rejects backslashes, which Next reads as slashes, and fragments. */
function isOriginForm(target: string): boolean {
  return /^\/[^?#\\]*(\?[^#]*)?$/.test(target);
}
