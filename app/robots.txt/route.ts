import { config } from '@/lib/config/config';
import type { Offers } from '@/lib/config/offers';

/** Paths that search engines may not read. Those of a feature are named only where the portal offers it. */
const PRIVATE: { path: string; of?: keyof Offers }[] = [
  { path: '/account' },
  { path: '/operator', of: 'supportConsole' },
  { path: '/api/' },
  { path: '/preferences' },
  { path: '/sign-in/link', of: 'signInLinks' },
];

export const dynamic = 'force-dynamic';

/** Lets search engines read the public pages only. */
// A route, because Next's `robots.ts` sends no charset (ASVS 5.0 4.1.1).
export function GET(): Response {
  const { offers } = config();
  const named = PRIVATE.filter(({ of }) => !of || offers[of]);
  const rules = ['User-Agent: *', 'Allow: /', ...named.map(({ path }) => `Disallow: ${path}`), ''].join('\n');
  return new Response(rules, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
