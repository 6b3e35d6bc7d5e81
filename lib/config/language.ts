import 'server-only';
import type { Language } from '@/lib/choices';
import { config } from './config';

/** Returns a stored or requested value if it is a language that people can choose here. */
export function toLanguage(value: string | null | undefined): Language | undefined {
  return config().languages.find((language) => language === value);
}

/** Returns the language of people who have chosen none. */
export function defaultLanguage(): Language {
  return config().languages[0];
}
