import type { Language } from '@/lib/choices';
import { brand } from './brand';

/** Returns the brand's sentence in a language. */
export function taglineIn(language: Language): string {
  return brand.tagline[language] ?? brand.tagline.en;
}
