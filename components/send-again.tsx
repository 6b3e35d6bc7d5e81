'use client';

import { useEffect, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { announce } from './announce';
import type { EmailLabels, EmailSignInState } from './email-sign-in';
import { useKeptForm } from './use-kept-form';

interface Props {
  action: (state: EmailSignInState, form: FormData) => Promise<EmailSignInState>;
  request: { email: string; callbackPath: string };
  labels: EmailLabels & { sentAt: string };
}

/** Sends the link once more to the same address, and says when it was sent last. Works without script. */
export function SendAgain({ action, request, labels }: Props) {
  const { state, pending, formProps } = useKeptForm(action, {
    onFailure: (failure): EmailSignInState => ({ problem: failure }),
    address: '/sign-in/check-email',
  });
  const { sentAt } = labels;
  const known = useRef(sentAt);
  useEffect(() => {
    if (known.current !== sentAt) announce(sentAt);
    known.current = sentAt;
  }, [sentAt]);
  return (
    <form {...formProps} className="space-y-4">
      <input type="hidden" name="email" value={request.email} />
      <input type="hidden" name="callbackUrl" value={request.callbackPath} />
      {state.problem && (
        <Notice tone="bad" alert>
          <p>{labels.errors[state.problem]}</p>
        </Notice>
      )}
      <Button type="submit" variant="secondary" width="full" aria-disabled={pending}>
        {pending ? labels.pending : labels.submit}
      </Button>
      <p className="text-center text-muted-foreground text-sm">{sentAt}</p>
    </form>
  );
}
