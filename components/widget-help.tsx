'use client';

import { useTranslations } from 'next-intl';
import { Disclosure } from '@/components/ui/disclosure';
import { brand } from '@/lib/brand/brand';

const ID = 'widget-help';

/** Opens the steps below and puts the focus there. */
export function showWidgetHelp(): void {
  const help = document.getElementById(ID);
  if (!(help instanceof HTMLDetailsElement)) return;
  help.open = true;
  help.querySelector('summary')?.focus();
}

/** Explains an empty or forgetful widget. The portal cannot detect a browser that blocks the iframe or its storage. */
export function WidgetHelp({ widgetOrigin }: { widgetOrigin: string }) {
  const t = useTranslations('buy.help');
  return (
    <Disclosure id={ID} summary={t('title')} className="mt-8">
      <ul className="list-disc space-y-2 pl-5 text-muted-foreground">
        <li>{t('tab')}</li>
        <li>{t('empty')}</li>
        <li>{t('storage', { host: new URL(widgetOrigin).host })}</li>
        <li>{t('popUp')}</li>
        <li>{t('camera')}</li>
        <li>{t('contact', { email: brand.support.email, phone: brand.support.phone })}</li>
      </ul>
      <noscript>
        <p className="mt-2 text-muted-foreground">{t('noScript')}</p>
      </noscript>
    </Disclosure>
  );
}
