import { LockKeyhole, Wallet, Zap } from 'lucide-react';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { PublicTop, Shell } from '@/components/shell';
import { buttonStyle } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { Disclosure } from '@/components/ui/disclosure';
import { NumberedSteps } from '@/components/ui/numbered-steps';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config/config';

const REASONS = [
  { reason: 'yours', Icon: Wallet },
  { reason: 'quick', Icon: Zap },
  { reason: 'safe', Icon: LockKeyhole },
] as const;

// Not interruptible: asks no database.
export default async function LandingPage() {
  const t = await getTranslations('landing');
  const shell = await getTranslations('shell');
  const { type } = config().widget;
  const values = { brand: brand.name, email: brand.support.email };
  return (
    <Shell
      top={
        <PublicTop>
          {type !== 'kuna' && (
            <Link href="/sign-in" prefetch={false} className={buttonStyle({ variant: 'quiet' })}>
              {shell('signIn')}
            </Link>
          )}
        </PublicTop>
      }
    >
      <section className="relative -mt-2 mb-12 overflow-hidden rounded-card bg-primary px-6 py-12 text-primary-foreground sm:mb-16 sm:px-12 sm:py-20">
        <svg
          aria-hidden
          viewBox="0 0 32 32"
          className="absolute -right-24 -bottom-32 hidden h-[34rem] opacity-15 md:block"
        >
          <path d={brand.logo.path} fillRule="evenodd" className="fill-primary-foreground" />
        </svg>
        <h1 className="relative max-w-2xl text-balance font-bold text-4xl tracking-tight sm:text-5xl">{t('title')}</h1>
        <p className="relative mt-4 mb-8 max-w-xl text-lg">{t('intro', values)}</p>
        <div className="relative flex flex-wrap gap-3">
          {type !== 'kuna' && (
            <Link href="/account" prefetch={false} className={buttonStyle({ variant: 'inverse' })}>
              {t('open')}
            </Link>
          )}
          {type !== 'partner' && (
            <Link
              href="/widget"
              prefetch={false}
              className={buttonStyle({ variant: type === 'kuna' ? 'inverse' : 'inverseQuiet' })}
            >
              {t('openKuna')}
            </Link>
          )}
        </div>
      </section>
      <ul className="mb-12 grid gap-4 sm:mb-16 sm:grid-cols-3">
        {REASONS.map(({ reason, Icon }) => (
          <li key={reason} className="contents">
            <Card className="space-y-3">
              <Icon aria-hidden className="size-7 text-primary" />
              <CardTitle>{t(`reasons.${reason}.title`)}</CardTitle>
              <p className="text-muted-foreground">{t(`reasons.${reason}.text`, values)}</p>
            </Card>
          </li>
        ))}
      </ul>
      <div className="grid grid-cols-1 gap-12 lg:grid-cols-2">
        <section aria-labelledby="how">
          <h2 id="how" className="mb-6 font-semibold text-2xl tracking-tight">
            {t('how')}
          </h2>
          <NumberedSteps
            steps={(['signIn', 'details', 'buy'] as const).map((step) => ({
              title: t(`steps.${step}.title`),
              text: t(`steps.${step}.text`, values),
            }))}
          />
        </section>
        <section aria-labelledby="questions" className="space-y-3">
          <h2 id="questions" className="mb-6 font-semibold text-2xl tracking-tight">
            {t('questions')}
          </h2>
          {(['kuna', 'data', 'price', 'end'] as const).map((question) => (
            <Disclosure key={question} summary={t(`answers.${question}.question`, values)}>
              <p className="text-muted-foreground">{t(`answers.${question}.answer`, values)}</p>
            </Disclosure>
          ))}
        </section>
      </div>
    </Shell>
  );
}
