import 'server-only';
import { cookies } from 'next/headers';
import { NextResponse } from 'next/server';
import { callNextAuth } from './call-next-auth';
import { toPortalPath } from './portal-path';

/**
 * Starts a next-auth sign-in from a server action or a route. Creates next-auth's CSRF pair itself, because a page
 * cannot set the cookie. The caller must have checked the origin (lib/http/same-origin.ts).
 * Sets next-auth's cookies on the current response.
 * @param fields of next-auth's form. @param again the identity provider must authenticate the person anew. @returns the address to redirect to; a path for a page of the portal.
 */
export async function startSignIn(
  provider: 'oidc' | 'email',
  fields: { callbackUrl: string; email?: string },
  again = false,
): Promise<string> {
  const csrf = await call('csrf');
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const body = new URLSearchParams({ ...fields, csrfToken });
  const started = await call(`signin/${provider}`, { method: 'POST', body }, again);
  return toPortalPath(started.headers.get('location'), fields.callbackUrl);
}

async function call(...request: Parameters<typeof callNextAuth>): Promise<Response> {
  const response = await callNextAuth(...request);
  const jar = await cookies();
  for (const cookie of new NextResponse(null, { headers: response.headers }).cookies.getAll()) jar.set(cookie);
  return response;
}
