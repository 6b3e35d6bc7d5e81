/**
 * Returns the path to open after sign-in: the requested path of this portal, or `/account`.
 * Ignores other origins and anything but a plain path. (CWE-601, ASVS 5.0 1.2.2)
 */
export function safeCallbackPath(requested: unknown, portalOrigin: string): string {
  const fallback = '/account';
  if (typeof requested !== 'string' || /[\p{Cc}\\]/u.test(requested)) return fallback;
  if (!URL.canParse(requested, portalOrigin)) return fallback;
  if (!requested.startsWith('/') && !requested.startsWith(`${portalOrigin}/`)) return fallback;
  const url = new URL(requested, portalOrigin);
  const allowed = url.origin === portalOrigin && !url.username && !url.pathname.startsWith('//');
  return allowed && !/^\/(sign-in|api)(\/|$)/.test(url.pathname) ? url.pathname + url.search : fallback;
}
