import { getTranslations } from 'next-intl/server';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { peekSession } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { formRoute } from '@/lib/pages/form-route';
import { portalPage } from '@/lib/pages/portal-page';
import { methodNotAllowed } from '@/lib/pages/refused';
import { tooManyPage } from '@/lib/pages/too-many';
import { countForAddress } from '@/lib/rate-limits/request';
import { startOidc } from '@/lib/sign-in/start';

export const GET = methodNotAllowed('POST');

/**
 * Sends the browser to the identity provider, by a page that refreshes instead of a redirect. Chromium applies
 * `form-action` to every redirect after a form, and a provider's further hosts are unknown.
 */
export const POST = formRoute({ unconfirmed: 'signIn', back: '/sign-in' }, async (request) => {
  const { oidc, portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin))
    return new Response('Cross-site request refused.\n', { status: 403 });
  if (!oidc) return new Response(null, { status: 404 });
  const use = await countForAddress('sign-in-address');
  if (!use.allowed) return tooManyPage(use.retryInSeconds, '/sign-in');
  const form = await request.formData();
  const callbackPath = safeCallbackPath(String(form.get('callbackUrl') ?? ''), portalOrigin);
  // Who is signed in here already, such as an operator before a change, signs in to prove who they are.
  const isSignedIn = (await peekSession().catch(() => null)) !== null;
  const location = await startOidc(oidc, callbackPath, isSignedIn);
  const target = new URL(location, portalOrigin);
  if (target.origin === portalOrigin) {
    return new Response(null, { status: 303, headers: { location: target.href } });
  }
  const t = await getTranslations('signIn');
  return portalPage({
    title: t('leaving', { provider: oidc.name }),
    text: t('leavingHint'),
    link: { label: t('continueWith', { provider: oidc.name }), href: target.href },
    refresh: { seconds: 0, href: target.href },
  });
});
