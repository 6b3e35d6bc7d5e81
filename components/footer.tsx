import { getTranslations } from 'next-intl/server';
import { brand } from '@/lib/brand/brand';
import { browserPreferences } from '@/lib/preferences/current';
import { PreferencesForm } from './preferences-form';

/** Shows help, legal links, language and theme at the foot of every page. */
export async function Footer() {
  const t = await getTranslations('shell');
  const { theme } = await browserPreferences();
  const links = [
    { href: brand.links.terms, label: t('terms') },
    { href: brand.links.privacy, label: t('privacy') },
    { href: brand.links.developers, label: t('developers') },
  ];
  return (
    <footer className="border-border border-t text-muted-foreground text-sm">
      <div className="mx-auto flex w-full max-w-6xl flex-wrap items-center gap-x-8 gap-y-4 px-4 py-6 sm:px-6">
        <p>
          {t('help')}{' '}
          <a href={`mailto:${brand.support.email}`} className="text-foreground underline underline-offset-4">
            {brand.support.email}
          </a>
          {', '}
          <a
            href={`tel:${brand.support.phone.replaceAll(' ', '')}`}
            className="whitespace-nowrap text-foreground underline underline-offset-4"
          >
            {brand.support.phone}
          </a>
        </p>
        <ul className="flex flex-wrap gap-x-6">
          {links.map(
            ({ href, label }) =>
              href && (
                <li key={href}>
                  <a href={href} className="inline-flex min-h-11 items-center hover:text-foreground hover:underline">
                    {label}
                  </a>
                </li>
              ),
          )}
        </ul>
        <div className="sm:ml-auto">
          <PreferencesForm theme={theme ?? 'system'} />
        </div>
      </div>
    </footer>
  );
}
