import { type NextRequest, NextResponse } from 'next/server';
import { currentSession } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { formRoute } from '@/lib/pages/form-route';
import { DatabaseUnavailable } from '@/lib/services';
import { finishLink, finishOidc, receiveOidcForm } from '@/lib/sign-in/callback';
import { linkPath, readLink } from '@/lib/sign-in/links';
import { signOut } from '@/lib/sign-in/sign-out';

type Context = { params: Promise<{ nextauth: string[] }> };

const signOutForm = formRoute({ unconfirmed: 'signOut', back: '/account' }, signOut);

/**
 * Serves the routes of next-auth that the portal uses, and replaces responses of next-auth that would break a promise.
 * Its other routes do not exist: sign-ins start in process (lib/sign-in/start.ts).
 */
const handle = formRoute({ unconfirmed: 'signIn', back: '/sign-in' }, async (request, context: Context) => {
  const { nextauth } = await context.params;
  const response = await respond(request, nextauth.join('/'));
  response.headers.set('cache-control', 'no-store');
  return response;
});

export { handle as GET, handle as POST };

async function respond(request: NextRequest, route: string): Promise<Response> {
  const { widget, oidc, portalOrigin } = config();
  if (widget.type === 'kuna') return new Response(null, { status: 404 });
  if (route === 'callback/oidc' && oidc && request.method === 'GET') return finishOidc(request, oidc);
  if (route === 'callback/oidc' && oidc && request.method === 'POST') return receiveOidcForm(request);
  switch (`${request.method} ${route}`) {
    // next-auth reports "signed out" when the database is unavailable.
    case 'GET session':
    case 'HEAD session':
    case 'POST session':
      return session();
    // next-auth reports "signed out" when the session could not be ended.
    case 'POST signout':
      return signOutForm(request);
    case 'GET signout':
      return NextResponse.redirect(`${portalOrigin}/account`);
    // Links in earlier mails. next-auth would sign in any visitor: a mail scanner, or another site's page.
    case 'GET callback/email':
    case 'HEAD callback/email':
      return NextResponse.redirect(portalOrigin + linkPath(readLink(request.nextUrl.searchParams, portalOrigin)), 303);
    case 'POST callback/email':
      return finishLink(request);
    default:
      return new Response(null, { status: 404 });
  }
}

async function session(): Promise<Response> {
  try {
    const live = await currentSession();
    return Response.json(live ? { user: { email: live.email }, expires: live.expiresAt.toISOString() } : {});
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    return Response.json({ error: 'unavailable' }, { status: 503, headers: { 'retry-after': '2' } });
  }
}
