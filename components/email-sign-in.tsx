'use client';

import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import type { SendFailure } from './load-failures';
import { useFocusOn } from './use-focus-on';
import { useKeptForm } from './use-kept-form';

/** State of the form after a failed submission. */
export interface EmailSignInState {
  problem?: 'email' | 'forbidden' | 'RateLimited' | 'EmailSignin' | SendFailure;
  email?: string;
}

/** Arrives as a prop: a message provider would send all messages of `signIn` to the browser. */
export interface EmailLabels {
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
  labels: EmailLabels;
  /** Initial value of the field. */
  email?: string;
}

/** Asks for an address to send a sign-in link to. Works without script. */
export function EmailSignIn({ action, callbackPath, labels, email }: Props) {
  const { posted, state, pending, formProps } = useKeptForm(action, {
    onFailure: (failure): EmailSignInState => ({ problem: failure }),
  });
  const { problem } = state;
  const field = useFocusOn<HTMLInputElement>(state);
  return (
    <form {...formProps} className="space-y-4">
      <input type="hidden" name="callbackUrl" value={callbackPath} />
      {problem && problem !== 'email' && (
        <Notice tone="bad" alert>
          <p>{labels.errors[problem]}</p>
        </Notice>
      )}
      <TextField
        ref={field}
        id="email"
        name="email"
        type="email"
        autoComplete="email"
        inputMode="email"
        enterKeyHint="send"
        spellCheck={false}
        label={labels.label}
        hint={labels.hint}
        error={problem === 'email' ? labels.errors.email : undefined}
        defaultValue={posted.email ?? email}
        readOnly={pending}
      />
      <Button type="submit" variant="secondary" width="full" aria-disabled={pending}>
        {pending ? labels.pending : labels.submit}
      </Button>
    </form>
  );
}
