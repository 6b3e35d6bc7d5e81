import 'server-only';
import { cookies } from 'next/headers';
import { NextResponse } from 'next/server';
import { callNextAuth } from './call-next-auth';
import { toPortalPath } from './portal-path';

/**
 * Starts a next-auth sign-in for a form of ours, from a server action or a route. next-auth's CSRF pair would need a
 * cookie that a page cannot set, so it is made here: the caller must have checked the origin (lib/http/same-origin.ts).
 * Cookies that next-auth wants set are set on the current answer.
 * @param fields of next-auth's form. @returns where to send the browser, a path where that is a page of the portal.
 */
export async function startSignIn(
  provider: 'oidc' | 'email',
  fields: { callbackUrl: string; email?: string },
): Promise<string> {
  const csrf = await ask('csrf');
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const body = new URLSearchParams({ ...fields, csrfToken });
  const started = await ask(`signin/${provider}`, { method: 'POST', body });
  return toPortalPath(started.headers.get('location'), fields.callbackUrl);
}

async function ask(path: string, init?: { method: string; body: URLSearchParams }): Promise<Response> {
  const response = await callNextAuth(path, init);
  const jar = await cookies();
  for (const cookie of new NextResponse(null, { headers: response.headers }).cookies.getAll()) jar.set(cookie);
  return response;
}
