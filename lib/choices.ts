// Separate from the schema that parses them, so that the footer of every page needs no library.

/** The portal's languages, each with its own name. Another one is a line here and its file in lib/messages. */
export const LANGUAGE_NAMES = {
  en: 'English',
  uk: 'Українська',
} as const;

export type Language = keyof typeof LANGUAGE_NAMES;
export const LANGUAGES = Object.keys(LANGUAGE_NAMES) as Language[];
export const THEMES = ['system', 'light', 'dark'] as const;
export const CURRENCIES = ['EUR', 'UAH', 'USD'] as const;
export type Theme = (typeof THEMES)[number];
export type Currency = (typeof CURRENCIES)[number];

/** A value for each language. English stands in for a language that has none. */
export type ByLanguage<T> = { en: T } & { [language: string]: T };

/** Returns the value for a language. */
export function inLanguage<T>(values: ByLanguage<T>, language: Language): T {
  return values[language] ?? values.en;
}

/** Returns the locale of dates and numbers. English is as Europe writes it. */
export function localeOf(language: Language): string {
  return language === 'en' ? 'en-GB' : language;
}
