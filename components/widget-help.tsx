import { useTranslations } from 'next-intl';
import { Disclosure } from '@/components/ui/disclosure';
import { brand } from '@/lib/brand/brand';

/**
 * What helps when the widget is empty or forgetful. What happens inside it the portal cannot see: a browser that
 * blocks a frame or its storage says nothing to the page around it.
 */
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
