import Link from 'next/link';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { sendLink } from '@/app/sign-in/actions';
import { emailLabels } from '@/app/sign-in/email-labels';
import { EmailSignIn } from '@/components/email-sign-in';
import { LinkForm } from '@/components/link-form';
import { PublicTop, Shell } from '@/components/shell';
import { Button, buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { tabTitle } from '@/lib/brand/tab-title';
import { config } from '@/lib/config/config';
import { type LinkState, linkState } from '@/lib/sign-in/link-state';
import { linkPath, readLink, type SignInLink } from '@/lib/sign-in/links';

type Search = Promise<Record<string, string | string[] | undefined>>;

/** Shows a sign-in link from an e-mail. Only its form signs in (app/api/auth), so that opening it changes nothing. */
// Not interruptible: `linkState` answers for a database that fails.
export default async function LinkPage({ searchParams }: { searchParams: Search }) {
  const { widget, portalOrigin } = config();
  if (widget.type === 'kuna') notFound();
  const pairs = Object.entries(await searchParams).flatMap(([name, value]) =>
    [value ?? []].flat().map((item) => [name, item]),
  );
  const link = readLink(new URLSearchParams(pairs), portalOrigin);
  const page = await linkState(link);
  const t = await getTranslations('signIn');
  return (
    <Shell top={<PublicTop />}>
      <title>{tabTitle(t('page'))}</title>
      <Card className="mx-auto max-w-md space-y-6">
        {page.kind === 'confirm' && <Confirm link={link} page={page} />}
        {page.kind === 'signed-in' && <SignedIn link={link} page={page} />}
        {page.kind === 'over' && <Over link={link} email={page.email} />}
        {page.kind === 'unavailable' && <Unavailable link={link} />}
      </Card>
    </Shell>
  );
}

type Of<Kind extends LinkState['kind']> = Extract<LinkState, { kind: Kind }>;

async function Confirm({ link, page }: { link: SignInLink; page: Of<'confirm'> }) {
  const t = await getTranslations('signIn.link');
  const { address, signedInAs, fromOtherBrowser } = page;
  return (
    <>
      <Title>{t('title', { address })}</Title>
      <p className="text-muted-foreground">{t('text')}</p>
      {signedInAs && (
        <Notice tone="warn">
          <p>{t('somebodyElse', { address: signedInAs })}</p>
        </Notice>
      )}
      {fromOtherBrowser && (
        <Notice tone="warn">
          <p>{t('elsewhere')}</p>
        </Notice>
      )}
      <div className="space-y-3">
        <LinkForm token={link.token} email={link.email ?? ''} callbackPath={link.callbackPath}>
          <Button type="submit" width="full">
            {t('submit')}
          </Button>
        </LinkForm>
        <Link
          href={signedInAs ? '/account' : '/'}
          prefetch={false}
          className={buttonStyle({ variant: 'secondary', width: 'full' })}
        >
          {signedInAs ? t('stay', { address: signedInAs }) : t('cancel')}
        </Link>
      </div>
    </>
  );
}

/** Leads on without a new sign-in, which would end the session and with it the Kuna session. */
async function SignedIn({ link, page }: { link: SignInLink; page: Of<'signed-in'> }) {
  const t = await getTranslations('signIn.link');
  return (
    <>
      <Title>{t('signedIn')}</Title>
      <p className="text-muted-foreground">{t('signedInText', { address: page.address })}</p>
      <div className="space-y-3">
        <Link href={link.callbackPath} prefetch={false} className={buttonStyle({ width: 'full' })}>
          {t('toAccount')}
        </Link>
        {page.works && (
          <LinkForm token={link.token} email={link.email ?? ''} callbackPath={link.callbackPath}>
            <Button type="submit" variant="quiet" width="full">
              {t('again')}
            </Button>
          </LinkForm>
        )}
      </div>
    </>
  );
}

async function Over({ link, email }: { link: SignInLink; email?: string }) {
  const t = await getTranslations('signIn');
  return (
    <>
      <Title>{t('link.over')}</Title>
      <Notice tone="bad">
        <p>{t('errors.Verification')}</p>
      </Notice>
      <EmailSignIn action={sendLink} callbackPath={link.callbackPath} labels={await emailLabels()} email={email} />
      <Link
        prefetch={false}
        href={`/sign-in?${new URLSearchParams({ callbackUrl: link.callbackPath })}`}
        className={buttonStyle({ variant: 'quiet', width: 'full' })}
      >
        {t('link.otherWays')}
      </Link>
    </>
  );
}

async function Unavailable({ link }: { link: SignInLink }) {
  const t = await getTranslations('errors.notSignedIn');
  return (
    <>
      <Title>{t('title')}</Title>
      <p className="text-muted-foreground">{t('text')}</p>
      <a href={linkPath(link)} className={buttonStyle({ width: 'full' })}>
        {t('action')}
      </a>
    </>
  );
}

function Title({ children }: { children: ReactNode }) {
  return <h1 className="text-balance break-words font-bold text-2xl tracking-tight">{children}</h1>;
}
