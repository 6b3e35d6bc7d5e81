import { getLocale, getTranslations } from 'next-intl/server';
import type { ComponentProps } from 'react';
import type { Footer } from '@/components/footer';
import type { PageTexts } from '@/components/page-texts';
import { brand } from '@/lib/brand/brand';
import { browserPreferences } from '@/lib/preferences/current';

/** Returns the texts that every page needs in the browser. */
export async function pageTexts(): Promise<PageTexts> {
  const shell = await getTranslations('shell');
  const t = await getTranslations('errors');
  const texts = (name: 'notFound' | 'crash' | 'incomplete' | 'outdated') => ({
    title: t(`${name}.title`),
    text: t(`${name}.text`),
    action: t(`${name}.action`),
  });
  return {
    skip: shell('skip'),
    home: shell('home', { brand: brand.name }),
    notFound: texts('notFound'),
    crash: texts('crash'),
    incomplete: texts('incomplete'),
    outdated: texts('outdated'),
    reference: t('reference', { id: '{id}' }),
  };
}

/** Returns the texts and choices of components/footer.tsx. */
export async function footerTexts(): Promise<ComponentProps<typeof Footer>> {
  const t = await getTranslations('shell');
  const preferences = await getTranslations('preferences');
  return {
    labels: { help: t('help'), terms: t('terms'), privacy: t('privacy'), developers: t('developers') },
    preferences: {
      language: await getLocale(),
      theme: (await browserPreferences()).theme ?? 'system',
      labels: {
        language: preferences('language'),
        theme: preferences('theme'),
        themes: {
          system: preferences('themes.system'),
          light: preferences('themes.light'),
          dark: preferences('themes.dark'),
        },
      },
    },
  };
}
