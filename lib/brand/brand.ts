import type { Brand } from './shape';

/** The institution's brand. Change this file to make the portal yours; `example-lyra.ts` is another example. */
export const brand: Brand = {
  name: 'Dnipro Bank',
  tagline: {
    en: 'Buy crypto inside your bank account, with the sign-in you already have.',
    uk: 'Купуйте криптовалюту у своєму банку зі звичним входом.',
  },
  logo: { path: 'M9 7h7.2c5.2 0 8.8 3.6 8.8 9s-3.6 9-8.8 9H9V7Zm4.2 4v10h2.9c2.8 0 4.6-2 4.6-5s-1.8-5-4.6-5h-2.9Z' },
  colours: {
    light: { primary: '#1d4ed8', primaryForeground: '#ffffff', background: '#f4f6fa', card: '#ffffff' },
    dark: { primary: '#8fb4ff', primaryForeground: '#0b1220', background: '#0b0e14', card: '#141922' },
  },
  radius: { card: '1.25rem', control: '0.75rem' },
  font: 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, sans-serif',
  support: { email: 'support@example.com', phone: '+380 44 000 00 00' },
  links: {
    home: 'https://example.com',
    terms: 'https://example.com/terms',
    privacy: 'https://example.com/privacy',
    developers: 'https://docs.kunacore.io',
  },
  timeZone: 'Europe/Kyiv',
  country: 'UA',
  language: 'en',
  currency: 'UAH',
};
