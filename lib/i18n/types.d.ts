import type { Language } from '@/lib/choices';
import type messages from '@/lib/messages/en.json';

// An unknown message key fails the type check.
declare module 'next-intl' {
  interface AppConfig {
    Locale: Language;
    Messages: typeof messages;
  }
}
