import { getLocale, getTranslations } from 'next-intl/server';
import type { ComponentProps } from 'react';
import type { Footer } from '@/components/footer';
import type { PageTexts } from '@/components/page-texts';
import type { SessionTexts } from '@/components/session-watch';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config/config';
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
    menu: shell('menu'),
    preferences: await preferenceTexts(),
    hasReceipts: config().offers.statements,
    notFound: texts('notFound'),
    crash: texts('crash'),
    incomplete: texts('incomplete'),
    outdated: texts('outdated'),
    reference: t('reference', { id: '{id}' }),
  };
}

/** Returns the texts of components/footer.tsx. */
export async function footerTexts(): Promise<ComponentProps<typeof Footer>['labels']> {
  const t = await getTranslations('shell');
  return {
    help: t('help'),
    home: t('bank', { brand: brand.name }),
    terms: t('terms'),
    privacy: t('privacy'),
    developers: t('developers'),
  };
}

async function preferenceTexts(): Promise<PageTexts['preferences']> {
  const t = await getTranslations('preferences');
  return {
    language: await getLocale(),
    languages: config().languages,
    theme: (await browserPreferences()).theme ?? 'system',
    labels: {
      language: t('language'),
      theme: t('theme'),
      themes: { system: t('themes.system'), light: t('themes.light'), dark: t('themes.dark') },
    },
  };
}

/** Returns the texts about the end of a session. The browser fills in their placeholders. */
export async function sessionTexts(): Promise<SessionTexts> {
  const t = await getTranslations('session');
  return {
    stillThere: t('stillThere'),
    idle: t('idle', { time: '{time}' }),
    stay: t('stay'),
    stayed: t('stayed'),
    last: t('last', { time: '{time}' }),
    over: t('over'),
    signIn: t('signIn'),
  };
}
