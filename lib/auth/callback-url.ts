/**
 * Where to go after signing in: a path of this portal, or `/account`. Whatever resolves to another origin, or is not
 * a plain path, is ignored. (CWE-601, ASVS 5.0 1.2.2)
 */
export function safeCallbackPath(wanted: unknown, portalOrigin: string): string {
  const fallback = '/account';
  if (typeof wanted !== 'string' || /[\p{Cc}\\]/u.test(wanted) || !URL.canParse(wanted, portalOrigin)) return fallback;
  if (!wanted.startsWith('/') && !wanted.startsWith(`${portalOrigin}/`)) return fallback;
  const url = new URL(wanted, portalOrigin);
  const allowed = url.origin === portalOrigin && !url.username && !url.pathname.startsWith('//');
  return allowed && !/^\/(sign-in|api)(\/|$)/.test(url.pathname) ? url.pathname + url.search : fallback;
}
