/**
 * Reports whether a page may be framed by another origin: `frame-ancestors` of every policy (CSP Level 3, 6.4.2.1), or
 * X-Frame-Options where no policy has that directive (HTML Standard, "X-Frame-Options").
 * @returns null when it may, otherwise the header that forbids it.
 */
export function forbidsFraming(headers: Headers, page: URL, ancestor: URL): string | null {
  const policies = (headers.get('content-security-policy') ?? '').split(',').map(readFrameAncestors);
  const lists = policies.filter((list) => list !== null);
  if (lists.some((list) => !list.some((source) => matches(source, page, ancestor))))
    return 'Content-Security-Policy: frame-ancestors';
  if (lists.length > 0) return null;
  const options = (headers.get('x-frame-options') ?? '').split(',').map((value) => value.trim().toLowerCase());
  // Every other value, such as ALLOW-FROM, is ignored by browsers.
  const refuses = options.includes('deny') || (options.includes('sameorigin') && page.origin !== ancestor.origin);
  return refuses ? 'X-Frame-Options' : null;
}

/** Returns the sources of the first `frame-ancestors` of a policy, or null without one. Later ones are ignored. */
function readFrameAncestors(policy: string): string[] | null {
  const directives = policy.split(';').map((text) => text.trim().split(/\s+/));
  return directives.find(([name]) => name?.toLowerCase() === 'frame-ancestors')?.slice(1) ?? null;
}

const HOST_SOURCE = /^(?:([a-z][a-z\d+.-]*):\/\/)?(\*|(?:\*\.)?[^\s:/*]+|\[[\da-f:]+\])(?::(\d+|\*))?(?:\/.*)?$/i;

/** Matches an origin against a source expression (CSP Level 3, 6.7.2.7). The path of a source does not count here. */
function matches(source: string, page: URL, ancestor: URL): boolean {
  const text = source.toLowerCase();
  if (text === "'none'") return false;
  if (text === "'self'") return page.origin === ancestor.origin;
  if (text === '*') return /^(https?|wss?):$/.test(ancestor.protocol) || ancestor.protocol === page.protocol;
  if (/^[a-z][a-z\d+.-]*:$/.test(text)) return schemeMatches(text, ancestor.protocol);
  const [, scheme, host = '', port] = HOST_SOURCE.exec(text) ?? [];
  if (!host || !schemeMatches(scheme ? `${scheme}:` : page.protocol, ancestor.protocol)) return false;
  return hostMatches(host, ancestor.hostname) && portMatches(port, scheme, ancestor);
}

/** A source with http also matches https (6.7.2.9). */
function schemeMatches(scheme: string, actual: string): boolean {
  return scheme === actual || (scheme === 'http:' && actual === 'https:');
}

/** `*.bank.example` matches hosts below bank.example, and not bank.example itself (6.7.2.10). */
function hostMatches(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  if (pattern.startsWith('*.')) return host.endsWith(pattern.slice(1));
  return pattern === host;
}

/** No port stands for the default one of the scheme (6.7.2.11). */
function portMatches(port: string | undefined, scheme: string | undefined, { port: actual, protocol }: URL): boolean {
  if (port === '*') return true;
  const isDefault = actual === '' || actual === (protocol === 'https:' ? '443' : '80');
  if (port === undefined) return isDefault;
  if (port === actual) return true;
  // A source with port 80 also matches the default port of https.
  return isDefault && (port === (protocol === 'https:' ? '443' : '80') || (port === '80' && scheme !== 'https'));
}
