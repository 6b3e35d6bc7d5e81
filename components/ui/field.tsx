import type { ComponentProps, ReactNode } from 'react';
import { cn } from './class-names';

const control =
  'min-h-12 w-full rounded-control border border-field bg-surface px-4 py-2.5 text-base text-ink placeholder:text-muted aria-invalid:border-bad aria-invalid:bg-bad-soft';

/** A control of a row of filters. */
export const compactControl =
  'min-h-11 w-full rounded-control border border-field bg-surface px-3 text-base text-ink sm:w-auto';

interface FieldFrame {
  id: string;
  label: string;
  hint?: ReactNode;
  error?: string;
  /** Stands beside the label, e.g. where the value came from. */
  mark?: ReactNode;
}

/** Label, control, hint and error, tied together for assistive technology (WCAG 1.3.1, 3.3.1, 3.3.2). */
function Frame({ id, label, hint, error, mark, children }: FieldFrame & { children: ReactNode }) {
  return (
    <div className="space-y-1.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {mark}
      </div>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-muted text-sm">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="font-medium text-bad text-sm">
          {error}
        </p>
      )}
    </div>
  );
}

function describedBy({ id, hint, error }: FieldFrame): string | undefined {
  const ids = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean);
  return ids.length > 0 ? ids.join(' ') : undefined;
}

type InputProps = Omit<ComponentProps<'input'>, 'id'> & FieldFrame;

/** A labelled line of text. */
export function TextField({ id, label, hint, error, mark, className, ...props }: InputProps) {
  const frame = { id, label, hint, error, mark };
  return (
    <Frame {...frame}>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(frame)}
        className={cn(control, className)}
        {...props}
      />
    </Frame>
  );
}

type SelectProps = Omit<ComponentProps<'select'>, 'id'> & FieldFrame;

/** A labelled choice. */
export function SelectField({ id, label, hint, error, mark, className, children, ...props }: SelectProps) {
  const frame = { id, label, hint, error, mark };
  return (
    <Frame {...frame}>
      <select
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(frame)}
        className={cn(control, 'pr-10', className)}
        {...props}
      >
        {children}
      </select>
    </Frame>
  );
}
