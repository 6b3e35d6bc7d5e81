import 'server-only';
import { cookies } from 'next/headers';
import { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import { clearForeignCallbackUrl } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import type { OidcIdentity } from './oidc-claims';
import { authOptions } from './options';

/**
 * Calls a route of next-auth in process, with the cookies of the current request.
 * @param path below /api/auth, with the query. A `callbackUrl` in it must be a page of the portal.
 * @param oidc the identity provider, for its own routes.
 */
export async function callNextAuth(
  path: string,
  init?: { method: string; body: URLSearchParams },
  oidc?: OAuthConfig<OidcIdentity>,
): Promise<Response> {
  const { secure, portalOrigin } = config();
  clearForeignCallbackUrl(await cookies(), secure, portalOrigin);
  const request = new NextRequest(new URL(`/api/auth/${path}`, portalOrigin), init);
  const nextauth = request.nextUrl.pathname.split('/').slice(3);
  return NextAuth(request, { params: Promise.resolve({ nextauth }) }, authOptions(oidc));
}
