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
  tagline: Record<'en' | 'uk', string>;
  /** The mark: an SVG path on a grid of 32 × 32, drawn in `primaryForeground` on a tile of `primary`. */
  logo: { path: string };
  colours: { light: Palette; dark: Palette };
  /** Corners, as CSS lengths. */
  radius: { card: string; control: string };
  /** A CSS font stack; fonts of your own go into public/ and app/globals.css. */
  font: string;
  support: { email: string; phone: string };
  /** Absolute addresses. `developers` is the discreet link of the start page; null leaves it out. */
  links: { terms: string; privacy: string; developers: string | null };
  /** The institution's time zone, for dates. */
  timeZone: string;
  /** The language of visitors whose browser accepts none of the portal's. */
  language: 'en' | 'uk';
  /** The default currency of balances. */
  currency: 'EUR' | 'UAH' | 'USD';
}
