'use client';

import { type FormEvent, startTransition, useActionState, useEffect, useRef, useState } from 'react';
import { type SendFailure, sendFailure } from './load-failures';

type Action<S> = (state: Awaited<S>, form: FormData) => Promise<S>;

interface KeptForm<S> {
  onFailure: (failure: SendFailure) => S;
  mayBeSent?: (form: HTMLFormElement) => Promise<boolean>;
  address?: string;
}

/**
 * Sends a form to its server action and keeps what was typed, whatever happens: without script the form is posted,
 * with script a call that fails becomes a state like any other. Sends once, however often it is clicked.
 * @param onFailure the state for a call that brought no answer.
 * @param mayBeSent looks at the form first; false keeps it here.
 * @param address of the page that shows the form, where an answer without script is to find it.
 */
export function useKeptForm<S extends object>(
  action: Action<S>,
  { onFailure, mayBeSent = async () => true, address }: KeptForm<S>,
) {
  const [posted, post] = useActionState<S, FormData>(action, {} as Awaited<S>, address);
  const [state, send, sending] = useActionState<S, FormData>(
    (before, form) => action(before, form).catch((error) => onFailure(sendFailure(error))),
    posted,
  );
  const [checking, setChecking] = useState(false);
  const busy = useRef(false);
  useEffect(() => {
    if (!sending) busy.current = false;
  }, [sending]);
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy.current) return;
    busy.current = true;
    setChecking(true);
    const form = event.currentTarget;
    let ready = false;
    try {
      ready = await mayBeSent(form);
      // Read at the last moment: the page shows what is sent.
      if (ready) startTransition(() => send(new FormData(form)));
    } finally {
      setChecking(false);
      if (!ready) busy.current = false;
    }
  };
  return { posted, state, pending: checking || sending, formProps: { action: post, onSubmit, noValidate: true } };
}
