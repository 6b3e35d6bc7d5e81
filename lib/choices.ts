// Separate from the schema that parses them, so that the footer of every page needs no library.
export const LANGUAGES = ['en', 'uk'] as const;
export const THEMES = ['system', 'light', 'dark'] as const;
export const CURRENCIES = ['EUR', 'UAH', 'USD'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Theme = (typeof THEMES)[number];
export type Currency = (typeof CURRENCIES)[number];
