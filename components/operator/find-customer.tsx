'use client';

import type { SendFailure } from '@/components/load-failures';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { useKeptForm } from '@/components/use-kept-form';

/** State of the form after a search without a result. */
export interface FindState {
  problem?: 'none' | 'forbidden' | 'signed-out' | 'too-many' | SendFailure;
  typed?: string;
}

type Action = (state: FindState, form: FormData) => Promise<FindState>;

interface Labels {
  label: string;
  find: string;
  finding: string;
  problems: Record<NonNullable<FindState['problem']>, string>;
}

/** Finds a customer by e-mail address. Posts, because an address in a URL would end up in logs. */
export function FindCustomer({ action, labels }: { action: Action; labels: Labels }) {
  const { posted, state, pending, formProps } = useKeptForm(action, {
    onFailure: (problem): FindState => ({ problem }),
  });
  return (
    <form {...formProps} className="flex max-w-xl flex-wrap items-end gap-3">
      <div className="min-w-0 flex-1 basis-64">
        <TextField
          id="email"
          name="email"
          type="email"
          autoComplete="off"
          label={labels.label}
          error={state.problem && labels.problems[state.problem]}
          defaultValue={posted.typed}
          readOnly={pending}
        />
      </div>
      <Button type="submit" variant="secondary" aria-disabled={pending}>
        {pending ? labels.finding : labels.find}
      </Button>
    </form>
  );
}
