'use client';

import { useTranslations } from 'next-intl';
import { Disclosure } from '@/components/ui/disclosure';
import { brand } from '@/lib/brand/brand';

/** Explains an empty or forgetful widget. The portal cannot detect a browser that blocks the iframe or its storage. */
export function WidgetHelp({ widgetOrigin }: { widgetOrigin: string }) {
  const t = useTranslations('buy.help');
  return (
    <Disclosure summary={t('title')} className="mt-8">
      <ul className="list-disc space-y-2 pl-5 text-muted-foreground">
        <li>{t('empty')}</li>
        <li>{t('storage', { host: new URL(widgetOrigin).host })}</li>
        <li>{t('popUp')}</li>
        <li>{t('camera')}</li>
        <li>{t('contact', { email: brand.support.email })}</li>
      </ul>
    </Disclosure>
  );
}
