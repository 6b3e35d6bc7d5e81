import type { Config } from 'tailwindcss';

// Names for the tokens of app/globals.css, those of shadcn/ui among them. Loaded from there by `@config`.
export default {
  // By the theme that applies, chosen or the system's: tokens change by themselves (light-dark), nothing needs `dark:`.
  darkMode: 'media',
  content: ['./app/**/*.{ts,tsx}', './components/**/*.{ts,tsx}'],
  theme: {
    extend: {
      colors: {
        background: 'var(--background)',
        foreground: 'var(--foreground)',
        card: 'var(--card)',
        'card-foreground': 'var(--card-foreground)',
        popover: 'var(--popover)',
        'popover-foreground': 'var(--popover-foreground)',
        primary: 'var(--primary)',
        'primary-foreground': 'var(--primary-foreground)',
        'primary-soft': 'var(--primary-soft)',
        'primary-strong': 'var(--primary-strong)',
        secondary: 'var(--secondary)',
        'secondary-foreground': 'var(--secondary-foreground)',
        muted: 'var(--muted)',
        'muted-foreground': 'var(--muted-foreground)',
        accent: 'var(--accent)',
        'accent-foreground': 'var(--accent-foreground)',
        destructive: 'var(--destructive)',
        'destructive-soft': 'var(--destructive-soft)',
        success: 'var(--success)',
        'success-soft': 'var(--success-soft)',
        warning: 'var(--warning)',
        'warning-soft': 'var(--warning-soft)',
        border: 'var(--border)',
        input: 'var(--input)',
        ring: 'var(--ring)',
        'chart-1': 'var(--chart-1)',
        'chart-2': 'var(--chart-2)',
        'chart-3': 'var(--chart-3)',
        'chart-4': 'var(--chart-4)',
        'chart-5': 'var(--chart-5)',
        'chart-6': 'var(--chart-6)',
      },
      borderRadius: {
        card: 'var(--radius-card)',
        control: 'var(--radius-control)',
        // What components of shadcn/ui ask for.
        xl: 'var(--radius-card)',
        lg: 'var(--radius-control)',
        md: 'calc(var(--radius-control) - 2px)',
        sm: 'calc(var(--radius-control) - 4px)',
      },
      fontFamily: { sans: 'var(--font-sans)' },
      boxShadow: { card: 'var(--shadow-card)' },
      transitionDuration: { DEFAULT: 'var(--motion)' },
    },
  },
} satisfies Config;
