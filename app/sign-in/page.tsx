import { cookies } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { EmailSignIn } from '@/components/email-sign-in';
import { SessionChange } from '@/components/session-change';
import { PublicTop, Shell } from '@/components/shell';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { deletedCookieName, sessionCookieName } from '@/lib/auth/cookies';
import { currentSession } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { tabTitle } from '@/lib/brand/tab-title';
import { config } from '@/lib/config/config';
import { isDatabaseUnavailable } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { isOperator } from '@/lib/sessions/role';
import { sendLink } from './actions';
import { emailLabels } from './email-labels';

const KNOWN_ERRORS = [
  'OAuthCancelled',
  'OAuthCallback',
  'OAuthSetup',
  'OAuthSignin',
  'RateLimited',
  'EmailSignin',
  'EmailNotVerified',
  'EmailInvalid',
  'Blocked',
  'OtherIdentity',
  'NotAskedAgain',
  'Unavailable',
  'Verification',
] as const;

type Search = Promise<Record<string, string | string[] | undefined>>;

// Not interruptible: shows its forms whether the session can be read or not.
export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const { oidc, offers, widget, portalOrigin, operators, secure } = config();
  if (widget.type === 'kuna') notFound();
  const search = await searchParams;
  const callbackPath = safeCallbackPath(firstParam(search.callbackUrl), portalOrigin);
  const session = await sessionOrNull();
  const again = session !== null && search.again !== undefined;
  if (session && !again) redirect(callbackPath);
  // A link would sign these operators in as customers, who get a 404 for the page they came from.
  const needsProvider = operators.signIn === 'oidc' || !operators.byEmail.has(session?.email ?? '');
  const offersLink = offers.signInLinks && !(again && isOperator(session) && needsProvider);
  const t = await getTranslations('signIn');
  const provider = oidc?.name ?? '';
  const error = firstParam(search.error);
  // An address alone proves neither.
  const jar = await cookies();
  const hasSignedOut = search['signed-out'] !== undefined && !jar.has(sessionCookieName(secure));
  const hasDeleted = search.deleted !== undefined && jar.has(deletedCookieName(secure));
  return (
    <Shell top={<PublicTop />}>
      <title>{tabTitle(t('page'))}</title>
      <Card className="mx-auto max-w-md space-y-6">
        <h1 className="font-bold text-2xl tracking-tight">{t('title', { brand: brand.name })}</h1>
        {error && (
          <Notice tone={error === 'OAuthCancelled' ? 'info' : 'bad'} alert>
            <p>
              {t(`errors.${KNOWN_ERRORS.find((known) => known === error) ?? 'other'}`, {
                provider,
                support: brand.support.email,
              })}
            </p>
          </Notice>
        )}
        {!error && again && (
          <Notice tone="info" alert>
            <p>{t('again', { email: session.email })}</p>
          </Notice>
        )}
        {!error && hasSignedOut && (
          <Notice tone="good" alert>
            <p>{t('signedOut')}</p>
            <SessionChange />
          </Notice>
        )}
        {!error && hasDeleted && (
          <Notice tone="good" alert>
            <p>{t('deleted')}</p>
            <SessionChange />
          </Notice>
        )}
        {oidc && (
          <form action="/sign-in/oidc" method="post">
            <input type="hidden" name="callbackUrl" value={callbackPath} />
            <Button type="submit" width="full">
              {t('continueWith', { provider })}
            </Button>
          </form>
        )}
        {oidc && offersLink && (
          <div aria-hidden className="flex items-center gap-3 text-muted-foreground text-sm">
            <span className="h-px flex-1 bg-border" />
            {t('or')}
            <span className="h-px flex-1 bg-border" />
          </div>
        )}
        {offersLink && <EmailSignIn action={sendLink} callbackPath={callbackPath} labels={await emailLabels()} />}
      </Card>
    </Shell>
  );
}

/** Returns null too while the database is unavailable, so that the sign-in page still works. */
async function sessionOrNull(): Promise<LiveSession | null> {
  try {
    return await currentSession();
  } catch (error) {
    if (isDatabaseUnavailable(error)) return null;
    throw error;
  }
}

function firstParam(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
