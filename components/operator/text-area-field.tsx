import type { ComponentProps } from 'react';
import { describedBy, type FieldFrame, Frame } from '@/components/ui/field';
import { cn } from '@/lib/utils';

type TextAreaProps = Omit<ComponentProps<'textarea'>, 'id'> & FieldFrame;

/** Renders a labelled text of several lines. */
export function TextAreaField({ id, label, hint, error, mark, className, ...props }: TextAreaProps) {
  const frame = { id, label, hint, error, mark };
  return (
    <Frame {...frame}>
      <textarea
        id={id}
        rows={3}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(frame)}
        className={cn('field-control', className)}
        {...props}
      />
    </Frame>
  );
}
