'use client';

import { useActionState } from 'react';
import { TextField } from './ui/field';
import { Notice } from './ui/notice';
import { SubmitButton } from './ui/submit-button';

/** What the action says of a submitted address; on success it redirects instead. */
export interface EmailSignInState {
  problem?: 'email' | 'forbidden' | 'RateLimited' | 'EmailSignin';
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
  const [state, submit] = useActionState(action, { email });
  const { problem } = state;
  return (
    <form action={submit} noValidate className="space-y-4">
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
        defaultValue={state.email}
        key={state.email}
      />
      <SubmitButton variant="secondary" width="full" pendingLabel={words.pending}>
        {words.submit}
      </SubmitButton>
    </form>
  );
}
