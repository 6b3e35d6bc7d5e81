import type { ByLanguage, Currency, Language } from '@/lib/choices';

/** Colours of one theme, as hexadecimal CSS colours. app/globals.css mixes all others from them. */
interface Palette {
  /** Buttons, links, marks. 4.5:1 against `card` and `background`. */
  primary: string;
  /** Text on `primary`, 4.5:1. */
  primaryForeground: string;
  /** Behind everything. */
  background: string;
  /** Cards and bars. */
  card: string;
}

/** The institution's brand. `brand.ts` holds the one in use. */
export interface Brand {
  name: string;
  /** One sentence for search engines and shared links. */
  tagline: ByLanguage<string>;
  /** The mark: an SVG path on a grid of 32 × 32, drawn in `primaryForeground` on a tile of `primary`. */
  logo: { path: string };
  colours: { light: Palette; dark: Palette };
  /** Corners, as CSS lengths. */
  radius: { card: string; control: string };
  /** A CSS font stack; fonts of your own go into public/ and app/globals.css. */
  font: string;
  support: { email: string; phone: string };
  /**
   * Absolute addresses. `home` is the institution's own site, to which the account leads back. `developers` is the discreet
   * link of the start page. Null leaves them out.
   */
  links: { home: string | null; terms: string; privacy: string; developers: string | null };
  /** The institution's time zone, for dates. */
  timeZone: string;
  /** The country of most customers (ISO 3166-1 alpha-2), first in the list of countries. */
  country: string;
  /** The language of visitors whose browser accepts none of the portal's, unless LANGUAGES decides. */
  language: Language;
  /** The default currency of balances. */
  currency: Currency;
}
