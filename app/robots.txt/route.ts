/** What search engines may read: the pages that anybody can see. */
const RULES = `User-Agent: *
Allow: /
Disallow: /account
Disallow: /operator
Disallow: /api/
Disallow: /preferences
Disallow: /sign-in/link
`;

export const dynamic = 'force-static';

// A route, not Next's `robots.ts`: that one names no charset (ASVS 5.0 4.1.1).
export function GET(): Response {
  return new Response(RULES, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
