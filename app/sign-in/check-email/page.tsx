import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { sendLink } from '@/app/sign-in/actions';
import { emailLabels } from '@/app/sign-in/email-labels';
import { SendAgain } from '@/components/send-again';
import { PublicTop, Shell } from '@/components/shell';
import { buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { tabTitle } from '@/lib/brand/tab-title';
import { formatDate } from '@/lib/date-format';
import { LINK_MINUTES } from '@/lib/mail/link-minutes';
import { lastLinkRequest } from '@/lib/sign-in/links';

// Not interruptible: asks no database.
export default async function CheckEmailPage() {
  const t = await getTranslations('signIn.checkEmail');
  const language = await getLocale();
  const request = await lastLinkRequest();
  const minutes = LINK_MINUTES;
  const search = request && new URLSearchParams({ callbackUrl: request.callbackPath });
  return (
    <Shell top={<PublicTop />}>
      <title>{tabTitle(t('title'))}</title>
      <Card className="mx-auto max-w-md space-y-4">
        <h1 className="font-bold text-2xl tracking-tight">{t('title')}</h1>
        <p className="text-muted-foreground">
          {request
            ? t.rich('sentTo', {
                address: () => <strong className="break-words text-foreground">{request.email}</strong>,
              })
            : t('text')}
        </p>
        <p className="text-muted-foreground">{t('link', { minutes })}</p>
        <p className="text-muted-foreground">{t('spam')}</p>
        {request && (
          <SendAgain
            action={sendLink}
            request={request}
            labels={{
              ...(await emailLabels()),
              submit: t('sendAgain'),
              sentAt: t('sentAt', { time: formatDate(new Date(request.at), language, { timeStyle: 'medium' }) }),
            }}
          />
        )}
        <Link
          href={search ? `/sign-in?${search}` : '/sign-in'}
          prefetch={false}
          className={buttonStyle({ variant: request ? 'quiet' : 'secondary', width: 'full' })}
        >
          {t('again')}
        </Link>
      </Card>
    </Shell>
  );
}
