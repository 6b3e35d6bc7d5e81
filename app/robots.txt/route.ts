/** Lets search engines read the public pages only. */
const RULES = `User-Agent: *
Allow: /
Disallow: /account
Disallow: /operator
Disallow: /api/
Disallow: /preferences
Disallow: /sign-in/link
`;

export const dynamic = 'force-static';

// A route, because Next's `robots.ts` sends no charset (ASVS 5.0 4.1.1).
export function GET(): Response {
  return new Response(RULES, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
