import type { Config } from 'tailwindcss';

// Names for the tokens of app/globals.css. Loaded from there by `@config`.
export default {
  // By the theme that applies, chosen or the system's: tokens change by themselves (light-dark), nothing needs `dark:`.
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
        'primary-strong': 'var(--primary-strong)',
        good: 'var(--good)',
        'good-soft': 'var(--good-soft)',
        warn: 'var(--warn)',
        'warn-soft': 'var(--warn-soft)',
        bad: 'var(--bad)',
        'bad-soft': 'var(--bad-soft)',
        'chart-1': 'var(--chart-1)',
        'chart-2': 'var(--chart-2)',
        'chart-3': 'var(--chart-3)',
        'chart-4': 'var(--chart-4)',
        'chart-5': 'var(--chart-5)',
        'chart-6': 'var(--chart-6)',
      },
      borderRadius: { card: 'var(--radius-card)', control: 'var(--radius-control)' },
      fontFamily: { sans: 'var(--font-sans)' },
      boxShadow: { card: 'var(--shadow-card)' },
      transitionDuration: { DEFAULT: 'var(--motion)' },
    },
  },
} satisfies Config;
