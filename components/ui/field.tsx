import type { ComponentProps, ReactNode } from 'react';
import { cn } from '@/lib/utils';

/** Classes of a control in a row of filters. */
export const compactControl =
  'min-h-11 w-full rounded-control border border-input bg-card px-3 text-base text-foreground sm:w-auto';

export interface FieldFrame {
  id: string;
  label: string;
  hint?: ReactNode;
  error?: string;
  /** Shown beside the label, e.g. where the value came from. */
  mark?: ReactNode;
}

/** Ties label, control, hint and error together for assistive technology (WCAG 1.3.1, 3.3.1, 3.3.2). */
export function Frame({ id, label, hint, error, mark, children }: FieldFrame & { children: ReactNode }) {
  return (
    <div className="space-y-1.5">
      <div className="field-head">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {mark}
      </div>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="font-medium text-destructive text-sm">
          {error}
        </p>
      )}
    </div>
  );
}

export function describedBy({ id, hint, error }: FieldFrame): string | undefined {
  const ids = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean);
  return ids.length > 0 ? ids.join(' ') : undefined;
}

type InputProps = Omit<ComponentProps<'input'>, 'id'> & FieldFrame;

/** Renders a labelled text input. */
export function TextField({ id, label, hint, error, mark, className, ...props }: InputProps) {
  const frame = { id, label, hint, error, mark };
  return (
    <Frame {...frame}>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(frame)}
        className={cn('field-control', className)}
        {...props}
      />
    </Frame>
  );
}

type SelectProps = Omit<ComponentProps<'select'>, 'id'> & FieldFrame;

/** Renders a labelled select. */
export function SelectField({ id, label, hint, error, mark, className, children, ...props }: SelectProps) {
  const frame = { id, label, hint, error, mark };
  return (
    <Frame {...frame}>
      <select
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(frame)}
        className={cn('field-control', 'pr-10', className)}
        {...props}
      >
        {children}
      </select>
    </Frame>
  );
}
