import 'server-only';
import { cookies } from 'next/headers';
import { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { clearForeignCallbackUrl } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import { signedOutAt } from './ask-again';
import { currentBrowser } from './browser';
import { authOptions } from './options';

/**
 * Calls a route of next-auth in process, with the cookies of the current request.
 * @param path below /api/auth, with the query. A `callbackUrl` in it must be a page of the portal.
 * @param again the identity provider must authenticate the person anew.
 */
export async function callNextAuth(
  path: string,
  init?: { method: string; body: URLSearchParams },
  again = false,
): Promise<Response> {
  const { secure, portalOrigin } = config();
  clearForeignCallbackUrl(await cookies(), secure, portalOrigin);
  const request = new NextRequest(new URL(`/api/auth/${path}`, portalOrigin), init);
  const nextauth = request.nextUrl.pathname.split('/').slice(3);
  return NextAuth(
    request,
    { params: Promise.resolve({ nextauth }) },
    authOptions(currentBrowser, { again, signedOutAt: await signedOutAt() }),
  );
}
