import 'server-only';
import { cookies } from 'next/headers';
import { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { config } from '../config';
import { safeCallbackPath } from './callback-url';
import { signInCookies } from './cookies';
import { authOptions } from './options';

/**
 * Calls a route of next-auth in process, with the cookies of the current request.
 * @param path below /api/auth, with the query. A `callbackUrl` in it must be one of ours.
 */
export async function callNextAuth(path: string, init?: { method: string; body: URLSearchParams }): Promise<Response> {
  const { secure, portalOrigin } = config();
  const jar = await cookies();
  const { name } = signInCookies(secure).callbackUrl;
  const kept = jar.get(name)?.value;
  // next-auth answers 500 to everything while this cookie holds anything but an address.
  if (kept !== undefined && kept !== portalOrigin + safeCallbackPath(kept, portalOrigin)) jar.delete(name);
  const request = new NextRequest(new URL(`/api/auth/${path}`, portalOrigin), init);
  const nextauth = request.nextUrl.pathname.split('/').slice(3);
  return NextAuth(request, { params: Promise.resolve({ nextauth }) }, authOptions());
}
