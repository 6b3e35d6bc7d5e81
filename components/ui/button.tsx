import { Slot } from '@radix-ui/react-slot';
import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/utils';

const button = cva(
  'inline-flex min-h-12 cursor-pointer items-center justify-center gap-2 text-balance rounded-control px-5 py-2 text-center font-semibold leading-snug transition-colors aria-disabled:cursor-progress aria-disabled:opacity-70',
  {
    variants: {
      variant: {
        primary: 'bg-primary text-primary-foreground hover:bg-primary-strong',
        secondary: 'border border-input bg-card text-foreground hover:bg-muted',
        quiet: 'min-h-11 px-3 text-muted-foreground hover:bg-muted hover:text-foreground',
        // On a background of `primary`.
        inverse: 'bg-primary-foreground text-primary outline-primary-foreground hover:opacity-90',
        inverseQuiet:
          'border border-current text-primary-foreground outline-primary-foreground hover:bg-primary-strong',
      },
      width: { auto: '', full: 'w-full px-3' },
    },
    defaultVariants: { variant: 'primary', width: 'auto' },
  },
);

type ButtonProps = ComponentProps<'button'> & VariantProps<typeof button> & { asChild?: boolean };

/** Renders a button, or with `asChild` a link that looks like one. */
export function Button({ variant, width, asChild, className, ...props }: ButtonProps) {
  const Element = asChild ? Slot : 'button';
  return <Element className={cn(button({ variant, width }), className)} {...props} />;
}
