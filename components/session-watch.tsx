'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { isAccountStatus } from '@/lib/authorisations/status-schema';
import { formatDate } from '@/lib/date-format';
import { followSession, type SessionNews } from '@/lib/sessions/follow';
import { announce } from './announce';
import { usePageTexts } from './page-texts';
import { announceSessionChange, onSessionChange } from './session-channel';

/** The texts about the end of a session. */
export interface SessionTexts {
  stillThere: string;
  /** With `{time}`, like `last`. */
  idle: string;
  stay: string;
  stayed: string;
  last: string;
  over: string;
  signIn: string;
}

/** Input this recent shows that somebody works on the page, for example in a long form. */
const IN_USE_MS = 120_000;

/**
 * Follows the end of the session, in this tab and others. Asking alone does not postpone it: a person's input does.
 * @param firstInSeconds when the end is near at the earliest.
 */
export function useSessionNews(firstInSeconds: number) {
  const [news, setNews] = useState<SessionNews>({ kind: 'fine' });
  const stay = useRef(async () => false);
  const [first] = useState(firstInSeconds);
  useEffect(() => {
    let inputAt = Number.NEGATIVE_INFINITY;
    const onInput = () => {
      inputAt = Date.now();
    };
    const watch = followSession(() => askStatus(Date.now() - inputAt < IN_USE_MS), setNews, first);
    stay.current = async () => {
      const status = await askStatus(true);
      await watch.check();
      announceSessionChange();
      return status?.session === 'live';
    };
    const listening = new AbortController();
    const { signal } = listening;
    for (const type of ['keydown', 'pointerdown'])
      document.addEventListener(type, onInput, { signal, passive: true, capture: true });
    const checkIfDue = () => void watch.checkIfDue();
    window.addEventListener('focus', checkIfDue, { signal });
    window.addEventListener('pageshow', checkIfDue, { signal });
    document.addEventListener('visibilitychange', checkIfDue, { signal });
    const unsubscribe = onSessionChange(() => void watch.check());
    return () => {
      listening.abort();
      unsubscribe();
      watch.stop();
    };
  }, [first]);
  return { news, stay: () => stay.current() };
}

/** @returns null when the portal cannot tell. */
async function askStatus(inUse: boolean) {
  try {
    const response = await fetch(`/api/account/status${inUse ? '?in-use' : ''}`, { cache: 'no-store' });
    if (response.status !== 200 && response.status !== 401) return null;
    const status: unknown = await response.json();
    return isAccountStatus(status) ? status : null;
  } catch {
    return null;
  }
}

/** Warns of the end of the session, and says that it is over (WCAG 2.2.1). Shows nothing until then. */
export function SessionNotice({
  news,
  onStay,
  texts,
}: {
  news: SessionNews;
  /** Returns whether the session goes on. */
  onStay: () => Promise<boolean>;
  texts: SessionTexts;
}) {
  const { language } = usePageTexts().preferences;
  const page = usePathname();
  const clock = (at: number) => formatDate(new Date(at), language, { timeStyle: 'short' });
  const stay = async () => {
    if (await onStay()) announce(texts.stayed);
  };
  if (news.kind === 'idle') return <StillThere texts={texts} time={clock(news.at)} onStay={stay} />;
  if (news.kind === 'last') return <Bar>{texts.last.replace('{time}', clock(news.at))}</Bar>;
  // The buy page says so in place of its widget.
  if (news.kind === 'fine' || page === '/account/buy') return null;
  return (
    <Bar>
      {texts.over}{' '}
      <Link
        href={`/sign-in?${new URLSearchParams({ callbackUrl: page })}`}
        prefetch={false}
        className="font-semibold underline underline-offset-4"
      >
        {texts.signIn}
      </Link>
    </Bar>
  );
}

/** Stays in sight wherever the page is scrolled to. */
function Bar({ children }: { children: React.ReactNode }) {
  return (
    <div
      role="alert"
      className="fixed inset-x-0 top-0 z-20 border-border border-b bg-warning-soft p-4 text-center text-foreground"
    >
      {children}
    </div>
  );
}

/** The page was not used for minutes, so the dialog interrupts no work. Closing it shows that the person is there. */
function StillThere({ texts, time, onStay }: { texts: SessionTexts; time: string; onStay: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Not useEffect: a dialog returns the focus only while it is in the page.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      aria-describedby={`${titleId}-text`}
      onClose={onStay}
      className="m-auto w-96 max-w-[calc(100vw-2rem)] space-y-4 rounded-card border border-border bg-card p-6 shadow-card"
    >
      <h2 id={titleId} className="font-semibold text-xl">
        {texts.stillThere}
      </h2>
      <p id={`${titleId}-text`}>{texts.idle.replace('{time}', time)}</p>
      <Button width="full" onClick={() => dialog.current?.close()}>
        {texts.stay}
      </Button>
    </dialog>
  );
}
