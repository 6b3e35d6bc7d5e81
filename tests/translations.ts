import { readFileSync } from 'node:fs';
import { createTranslator, type NamespaceKeys, type NestedKeyOf } from 'next-intl';
import type { Language } from '@/lib/choices';
import type english from '@/lib/messages/en.json';

// Replaces `next-intl/server`, which works only in Next's server:
// vi.mock('next-intl/server', () => import('./translations'))

type Namespace = NamespaceKeys<typeof english, NestedKeyOf<typeof english>>;

/** Returns the messages of a language. */
export function messagesIn(language: Language): typeof english {
  return JSON.parse(readFileSync(`lib/messages/${language}.json`, 'utf8'));
}

export async function getLocale(): Promise<string> {
  return 'en';
}

export async function getTranslations(requested: Namespace | { locale: Language; namespace: Namespace }) {
  const { locale, namespace } =
    typeof requested === 'string' ? { locale: 'en' as const, namespace: requested } : requested;
  return createTranslator({ locale, messages: messagesIn(locale), namespace });
}
