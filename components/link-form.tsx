'use client';

import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';

interface Props {
  token: string;
  email: string;
  callbackPath: string;
  children: ReactNode;
}

/** Posts a sign-in link. Works without script. With script, a second click does nothing. */
export function LinkForm({ token, email, callbackPath, children }: Props) {
  const sent = useRef(false);
  useEffect(() => {
    // Going back may restore this page from the back/forward cache.
    const reset = () => {
      sent.current = false;
    };
    addEventListener('pageshow', reset);
    return () => removeEventListener('pageshow', reset);
  }, []);
  const onlyOnce = (event: FormEvent) => {
    if (sent.current) event.preventDefault();
    sent.current = true;
  };
  return (
    <form action="/api/auth/callback/email" method="post" onSubmit={onlyOnce}>
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="email" value={email} />
      <input type="hidden" name="callbackUrl" value={callbackPath} />
      {children}
    </form>
  );
}
