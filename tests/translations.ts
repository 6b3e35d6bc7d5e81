import { createTranslator, type NamespaceKeys, type NestedKeyOf } from 'next-intl';
import english from '@/lib/messages/en.json';
import ukrainian from '@/lib/messages/uk.json';

// Replaces `next-intl/server`, which works only in Next's server:
// vi.mock('next-intl/server', () => import('./translations'))

type Namespace = NamespaceKeys<typeof english, NestedKeyOf<typeof english>>;

export async function getLocale(): Promise<string> {
  return 'en';
}

export async function getTranslations(requested: Namespace | { locale: 'en' | 'uk'; namespace: Namespace }) {
  const { locale, namespace } =
    typeof requested === 'string' ? { locale: 'en' as const, namespace: requested } : requested;
  const messages = locale === 'uk' ? (ukrainian as unknown as typeof english) : english;
  return createTranslator({ locale, messages, namespace });
}
