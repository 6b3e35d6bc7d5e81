/** Where a request wants to go: its path with the query, and the host that an absolute target names. */
export interface RequestTarget {
  path: string;
  host?: string;
}

/**
 * Reads a request target (RFC 9112 3.2). An absolute one is taken apart, because its host counts instead of the Host
 * header (3.2.2). `*` is for OPTIONS, which no page answers.
 * @returns null for a target that is none of these.
 */
export function parseTarget(method: string, target: string): RequestTarget | null {
  if (target === '*') return method === 'OPTIONS' ? { path: '/' } : null;
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target);
  if (!absolute) return isOriginForm(target) ? { path: target } : null;
  const [, host = '', rest = ''] = absolute;
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return isOriginForm(path) ? { path, host } : null;
}

/** A path may hold neither a backslash, which Next reads as a slash, nor a fragment. */
function isOriginForm(target: string): boolean {
  return /^\/[^?#\\]*(\?[^#]*)?$/.test(target);
}
