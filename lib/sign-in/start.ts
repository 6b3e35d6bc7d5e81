import 'server-only';
import { cookies } from 'next/headers';
import { NextResponse } from 'next/server';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import type { OidcConfig } from '@/lib/config/oidc';
import { askingFor, signedOutAt } from './ask-again';
import { keepAttempt } from './attempts';
import { callNextAuth } from './call-next-auth';
import type { OidcIdentity } from './oidc-claims';
import { discover, newChecks } from './oidc-client';
import { pageErrorOf, toOidcFailure } from './oidc-failure';
import { logOidcFailure, oidcSignIn } from './oidc-provider';
import { signInErrorPath, toPortalPath } from './portal-path';

/** Starts a sign-in by a mailed link. See `start`. */
export function startLink(fields: { callbackUrl: string; email: string }): Promise<string> {
  return start('email', fields);
}

/**
 * Starts a sign-in at the identity provider, with secrets of its own.
 * @param again the person must authenticate anew, whatever OIDC_PROMPT says.
 * @returns the provider's address, or the path of the page that explains why there is none.
 */
export async function startOidc(oidc: OidcConfig, callbackPath: string, again: boolean): Promise<string> {
  try {
    const issuer = await discover(oidc);
    const since = await signedOutAt();
    const asking = askingFor(oidc, again, since);
    const attempt = { ...newChecks(asking.provenAge), callbackPath, signedOutAt: since };
    const { provider } = oidcSignIn(oidc, issuer, attempt, asking);
    const location = await start('oidc', { callbackUrl: callbackPath }, provider);
    if (!location.startsWith('/')) await keepAttempt(attempt);
    return location;
  } catch (error) {
    const failure = toOidcFailure(error, 'metadata');
    logOidcFailure(failure);
    return signInErrorPath(pageErrorOf(failure.reason), callbackPath);
  }
}

/**
 * Starts a next-auth sign-in from a server action or a route. Creates next-auth's CSRF pair itself, because a page
 * cannot set the cookie. The caller must have checked the origin (lib/http/same-origin.ts).
 * Sets next-auth's cookies on the current response.
 * @param fields of next-auth's form. @returns the address to redirect to; a path for a page of the portal.
 */
async function start(
  id: 'oidc' | 'email',
  fields: { callbackUrl: string; email?: string },
  oidc?: OAuthConfig<OidcIdentity>,
): Promise<string> {
  const csrf = await call('csrf');
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const body = new URLSearchParams({ ...fields, csrfToken });
  const started = await call(`signin/${id}`, { method: 'POST', body }, oidc);
  return toPortalPath(started.headers.get('location'), fields.callbackUrl);
}

async function call(...args: Parameters<typeof callNextAuth>): Promise<Response> {
  const response = await callNextAuth(...args);
  const jar = await cookies();
  for (const cookie of new NextResponse(null, { headers: response.headers }).cookies.getAll()) jar.set(cookie);
  return response;
}
