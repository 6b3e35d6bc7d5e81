import type { Brand } from './shape';

/** A second brand. Copy this file over `brand.ts` and build to see it on every page. */
export const brand: Brand = {
  name: 'Lyra Exchange',
  tagline: {
    en: 'Crypto for people who like their money calm.',
    uk: 'Криптовалюта для тих, хто любить, коли з грошима спокійно.',
  },
  logo: { path: 'M16 5 27 25.5h-5.1L16 14.2l-5.9 11.3H5L16 5Zm0 13.6 3.6 6.9h-7.2L16 18.6Z' },
  colours: {
    light: { primary: '#0f6b4f', primaryForeground: '#ffffff', background: '#f6f4ee', card: '#fffdf8' },
    dark: { primary: '#6fdcb0', primaryForeground: '#06231a', background: '#0d110f', card: '#161c19' },
  },
  radius: { card: '0.5rem', control: '0.25rem' },
  font: 'ui-serif, Georgia, "Times New Roman", "DejaVu Serif", serif',
  support: { email: 'care@lyra.example', phone: '+48 22 000 00 00' },
  links: { home: null, terms: 'https://lyra.example/terms', privacy: 'https://lyra.example/privacy', developers: null },
  timeZone: 'Europe/Warsaw',
  country: 'PL',
  language: 'en',
  currency: 'EUR',
};
