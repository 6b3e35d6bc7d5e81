import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { PageHeading } from '@/components/page-heading';
import { PublicTop, Shell } from '@/components/shell';
import { PublicWidgetFrame } from '@/components/widget-frame';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config';
import { FRAME_FEATURES } from '@/lib/security-headers';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('widget'))('page') };
}

// Kuna's other kind of integration: a public page, the widget with the institution's id alone; login and identity
// check happen inside it, at Kuna.
export default async function PublicWidgetPage() {
  const { type, url, origin, institutionId } = config().widget;
  if (type === 'partner') notFound();
  const t = await getTranslations('widget');
  const source = new URL(url);
  source.searchParams.set('institutionId', institutionId);
  return (
    <Shell top={<PublicTop />}>
      <PageHeading title={t('title')} intro={t('intro', { brand: brand.name })} />
      <ol className="mb-8 grid gap-3 text-muted sm:grid-cols-3">
        {(['email', 'verify', 'buy'] as const).map((step, index) => (
          <li key={step} className="flex gap-3">
            <span
              aria-hidden
              className="grid size-7 shrink-0 place-items-center rounded-full bg-primary-soft font-semibold text-primary text-sm"
            >
              {index + 1}
            </span>
            {t(`steps.${step}`)}
          </li>
        ))}
      </ol>
      <PublicWidgetFrame
        src={source.href}
        widgetOrigin={origin}
        allow={FRAME_FEATURES.map((feature) => `${feature} ${origin}`).join('; ')}
      />
      <p className="mt-6 text-muted text-sm">{t('help', { brand: brand.name })}</p>
    </Shell>
  );
}
