import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';

/** Returns the classes of a button, also for a link that looks like one. */
export const buttonStyle = cva('button-base', {
  variants: {
    variant: {
      primary: 'min-h-12 bg-primary text-primary-foreground hover:bg-primary-strong',
      secondary: 'min-h-12 border border-input bg-card text-foreground hover:bg-muted',
      destructive: 'min-h-12 border border-destructive bg-card text-destructive hover:bg-destructive-soft',
      quiet: 'min-h-11 text-muted-foreground hover:bg-muted hover:text-foreground',
      // On a background of `primary`.
      inverse: 'min-h-12 bg-primary-foreground text-primary outline-primary-foreground hover:opacity-90',
      inverseQuiet:
        'min-h-12 border border-current text-primary-foreground outline-primary-foreground hover:bg-primary-strong',
    },
    width: { auto: '', full: 'w-full px-3' },
  },
  compoundVariants: [
    { width: 'auto', variant: 'quiet', className: 'px-3' },
    { width: 'auto', variant: ['primary', 'secondary', 'destructive', 'inverse', 'inverseQuiet'], className: 'px-5' },
  ],
  defaultVariants: { variant: 'primary', width: 'auto' },
});

/** Renders a button. */
export function Button({
  variant,
  width,
  className,
  ...props
}: ComponentProps<'button'> & VariantProps<typeof buttonStyle>) {
  return <button className={buttonStyle({ variant, width, className })} {...props} />;
}
