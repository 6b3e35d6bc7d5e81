import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { PageHeading } from '@/components/page-heading';
import { PublicTop, Shell } from '@/components/shell';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config';

export default async function LandingPage() {
  const t = await getTranslations('landing');
  const shell = await getTranslations('shell');
  const { type } = config().widget;
  const words = { brand: brand.name };
  return (
    <Shell
      top={
        <PublicTop>
          {type !== 'kuna' && (
            <Button asChild variant="quiet">
              <Link href="/sign-in">{shell('signIn')}</Link>
            </Button>
          )}
        </PublicTop>
      }
    >
      <PageHeading title={t('title')} intro={t('intro', words)} />
      <div className="mb-12 flex flex-wrap gap-3">
        {type !== 'kuna' && (
          <Button asChild>
            <Link href="/account">{t('open')}</Link>
          </Button>
        )}
        {type !== 'partner' && (
          <Button asChild variant={type === 'kuna' ? 'primary' : 'secondary'}>
            <Link href="/widget">{t('openKuna')}</Link>
          </Button>
        )}
      </div>
      <h2 className="mb-4 font-semibold text-xl">{t('how')}</h2>
      <ol className="grid gap-4 sm:grid-cols-3">
        {(['signIn', 'details', 'buy'] as const).map((step, index) => (
          <li key={step} className="contents">
            <Card className="space-y-2">
              <span
                aria-hidden
                className="grid size-8 place-items-center rounded-full bg-primary-soft font-semibold text-primary"
              >
                {index + 1}
              </span>
              <h3 className="font-semibold text-lg">{t(`steps.${step}.title`)}</h3>
              <p className="text-muted">{t(`steps.${step}.text`, words)}</p>
            </Card>
          </li>
        ))}
      </ol>
    </Shell>
  );
}
