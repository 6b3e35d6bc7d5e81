import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getLocale, getTranslations } from 'next-intl/server';
import { AccountLink } from '@/app/account-link';
import { ClientMessages } from '@/components/client-messages';
import { PublicTop, Shell } from '@/components/shell';
import { Disclosure } from '@/components/ui/disclosure';
import { NumberedSteps } from '@/components/ui/numbered-steps';
import { PublicWidgetFrame } from '@/components/widget-frame';
import { WidgetHeading } from '@/components/widget-heading';
import { WidgetHelp } from '@/components/widget-help';
import { brand } from '@/lib/brand/brand';
import { tabTitle } from '@/lib/brand/tab-title';
import { config } from '@/lib/config/config';
import { frameAllow } from '@/lib/http/security-headers';
import { sharedPreview } from '@/lib/pages/shared-preview';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('widget');
  return { ...sharedPreview(await getLocale()), description: t('intro', { brand: brand.name }) };
}

// Integration type 1: a public page. The widget gets only the institution's id; sign-in and identity check happen
// inside it, at Kuna.
// Not interruptible: without the database, AccountLink leads to sign-in.
export default async function PublicWidgetPage() {
  const { widget } = config();
  const { type, url, origin, institutionId } = widget;
  if (type === 'partner') notFound();
  const t = await getTranslations('widget');
  const source = new URL(url);
  source.searchParams.set('institutionId', institutionId);
  const values = { brand: brand.name };
  return (
    <Shell top={<PublicTop>{type === 'both' && <AccountLink />}</PublicTop>}>
      <title>{tabTitle(t('page'))}</title>
      <WidgetHeading title={t('title')} />
      <div data-widget-page className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[3fr_2fr]">
        <div>
          <ClientMessages of={{ buy: ['page', 'title', 'intro', 'back', 'end', 'ending'] }}>
            <PublicWidgetFrame
              src={source.href}
              // Holds no token, so a plain link may lead to it.
              tab={source.href}
              widgetOrigin={origin}
              allow={frameAllow(widget)}
            />
            <WidgetHelp widgetOrigin={origin} />
          </ClientMessages>
        </div>
        <div className="space-y-8">
          <p className="text-lg text-muted-foreground">{t('intro', values)}</p>
          <section aria-labelledby="steps">
            <h2 id="steps" className="mb-4 font-semibold text-xl">
              {t('whatHappens')}
            </h2>
            <NumberedSteps
              steps={(['email', 'verify', 'buy'] as const).map((step) => ({
                title: t(`steps.${step}.title`),
                text: t(`steps.${step}.text`),
              }))}
            />
          </section>
          <section aria-labelledby="questions" className="space-y-3">
            <h2 id="questions" className="mb-4 font-semibold text-xl">
              {t('questions')}
            </h2>
            {(['asked', 'seen', 'fees', 'lost'] as const).map((question) => (
              <Disclosure key={question} summary={t(`answers.${question}.question`, values)}>
                <p className="text-muted-foreground">
                  {t(`answers.${question}.answer`, { ...values, email: brand.support.email })}
                </p>
              </Disclosure>
            ))}
          </section>
        </div>
      </div>
    </Shell>
  );
}
