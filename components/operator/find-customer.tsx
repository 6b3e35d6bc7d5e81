'use client';

import { useTranslations } from 'next-intl';
import { useActionState } from 'react';
import { TextField } from '../ui/field';
import { SubmitButton } from '../ui/submit-button';

/** What the action says of a search; on success it leads to the customer instead. */
export interface FindState {
  problem?: 'none' | 'forbidden' | 'signed-out' | 'unavailable' | 'too-many';
  typed?: string;
}

type Action = (state: FindState, form: FormData) => Promise<FindState>;

/** Finds a customer by address. A form that posts: an address in a URL would end up in logs. */
export function FindCustomer({ action }: { action: Action }) {
  const t = useTranslations('operator.find');
  const [state, submit] = useActionState(action, {});
  return (
    <form action={submit} noValidate className="flex max-w-xl flex-wrap items-end gap-3">
      <div className="min-w-0 flex-1 basis-64">
        <TextField
          id="email"
          name="email"
          type="email"
          autoComplete="off"
          label={t('label')}
          error={state.problem && t(`problems.${state.problem}`)}
          defaultValue={state.typed}
          key={state.typed}
        />
      </div>
      <SubmitButton variant="secondary" pendingLabel={t('finding')}>
        {t('find')}
      </SubmitButton>
    </form>
  );
}
