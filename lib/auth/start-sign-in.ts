import 'server-only';
import { cookies } from 'next/headers';
import { NextRequest, NextResponse } from 'next/server';
import NextAuth from 'next-auth';
import { config } from '../config';
import { clearForeignCallbackUrl } from './cookies';
import { authOptions } from './options';

/**
 * Starts a next-auth sign-in for a form of ours, from a server action or a route. next-auth's CSRF pair would need a
 * cookie that a page cannot set, so it is made here: the caller must have checked the origin (lib/auth/origin.ts).
 * Cookies that next-auth wants set are set on the current answer.
 * @returns where next-auth sends the browser, or null when it names no place.
 */
export async function startSignIn(provider: 'oidc' | 'email', fields: Record<string, string>): Promise<string | null> {
  const { secure, portalOrigin } = config();
  clearForeignCallbackUrl(await cookies(), secure, portalOrigin);
  const csrf = await ask('csrf', ['csrf']);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const body = new URLSearchParams({ ...fields, csrfToken });
  const started = await ask(`signin/${provider}`, ['signin', provider], { method: 'POST', body });
  return started.headers.get('location');
}

async function ask(
  path: string,
  nextauth: string[],
  init?: { method: string; body: URLSearchParams },
): Promise<Response> {
  const request = new NextRequest(new URL(`/api/auth/${path}`, config().portalOrigin), init);
  const response: Response = await NextAuth(request, { params: Promise.resolve({ nextauth }) }, authOptions());
  const jar = await cookies();
  for (const cookie of new NextResponse(null, { headers: response.headers }).cookies.getAll()) jar.set(cookie);
  return response;
}
