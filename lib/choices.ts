// Apart from the rules that read them: the footer of every page needs these words, and no library for it.
export const LANGUAGES = ['en', 'uk'] as const;
export const THEMES = ['system', 'light', 'dark'] as const;
export const CURRENCIES = ['EUR', 'UAH', 'USD'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Theme = (typeof THEMES)[number];
export type Currency = (typeof CURRENCIES)[number];
