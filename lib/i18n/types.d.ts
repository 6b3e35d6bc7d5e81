import type { Language } from '@/lib/choices';
import type messages from '@/lib/messages/en.json';

// A key that the message files do not have fails the type check.
declare module 'next-intl' {
  interface AppConfig {
    Locale: Language;
    Messages: typeof messages;
  }
}
