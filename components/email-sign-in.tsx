'use client';

import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import type { SendFailure } from './load-failures';
import { useKeptForm } from './use-kept-form';

/** What the action says of a submitted address; on success it redirects instead. */
export interface EmailSignInState {
  problem?: 'email' | 'forbidden' | 'RateLimited' | 'EmailSignin' | SendFailure;
  email?: string;
}

interface Words {
  label: string;
  hint: string;
  submit: string;
  pending: string;
  errors: Record<NonNullable<EmailSignInState['problem']>, string>;
}

type Action = (state: EmailSignInState, form: FormData) => Promise<EmailSignInState>;

interface Props {
  action: Action;
  callbackPath: string;
  words: Words;
  /** Stands in the field already. */
  email?: string;
}

/** Asks for an address to send a sign-in link to. Works without script. */
export function EmailSignIn({ action, callbackPath, words, email }: Props) {
  const { posted, state, pending, formProps } = useKeptForm(action, {
    onFailure: (failure): EmailSignInState => ({ problem: failure }),
  });
  const { problem } = state;
  return (
    <form {...formProps} className="space-y-4">
      <input type="hidden" name="callbackUrl" value={callbackPath} />
      {problem && problem !== 'email' && (
        <Notice tone="bad" alert>
          <p>{words.errors[problem]}</p>
        </Notice>
      )}
      <TextField
        id="email"
        name="email"
        type="email"
        autoComplete="email"
        inputMode="email"
        label={words.label}
        hint={words.hint}
        error={problem === 'email' ? words.errors.email : undefined}
        defaultValue={posted.email ?? email}
        readOnly={pending}
      />
      <Button type="submit" variant="secondary" width="full" aria-disabled={pending}>
        {pending ? words.pending : words.submit}
      </Button>
    </form>
  );
}
