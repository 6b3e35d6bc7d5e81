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
 * Sends a form to its server action and keeps the typed input. Works without script. With script, a failed call becomes
 * a state too, and further clicks do nothing while one is being sent.
 * @param onFailure returns the state for a failed call.
 * @param mayBeSent checks the form before it is sent.
 * @param address the page with the form, to which a post without script returns.
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
      // Read after the check, which takes time: input in between is sent too.
      if (ready) startTransition(() => send(new FormData(form)));
    } finally {
      setChecking(false);
      if (!ready) busy.current = false;
    }
  };
  return { posted, state, pending: checking || sending, formProps: { action: post, onSubmit, noValidate: true } };
}
