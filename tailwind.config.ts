import type { Config } from 'tailwindcss';

// Names for the tokens of app/globals.css. Loaded from there by `@config`.
export default {
  darkMode: 'media',
  content: ['./app/**/*.{ts,tsx}', './components/**/*.{ts,tsx}'],
  theme: {
    extend: {
      colors: {
        page: 'var(--page)',
        surface: 'var(--surface)',
        raised: 'var(--raised)',
        ink: 'var(--ink)',
        muted: 'var(--muted)',
        line: 'var(--line)',
        field: 'var(--field)',
        primary: 'var(--primary)',
        'on-primary': 'var(--on-primary)',
        'primary-soft': 'var(--primary-soft)',
        good: 'var(--good)',
        'good-soft': 'var(--good-soft)',
        warn: 'var(--warn)',
        'warn-soft': 'var(--warn-soft)',
        bad: 'var(--bad)',
        'bad-soft': 'var(--bad-soft)',
      },
      borderRadius: { card: 'var(--radius-card)', control: 'var(--radius-control)' },
      fontFamily: { sans: 'var(--font-sans)' },
      boxShadow: { card: 'var(--shadow-card)' },
    },
  },
} satisfies Config;
