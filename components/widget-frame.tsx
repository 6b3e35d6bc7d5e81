'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { useAccountStatus } from './account-status';
import { useFreshFrame, WidgetElement, type WidgetElementProps } from './widget-element';

interface WidgetFrameProps extends WidgetElementProps {
  continueAction: () => Promise<void>;
}

/**
 * The widget, and what surrounds its life: it is replaced by words as soon as its authorisation or the session is
 * over. Without script it is a plain iframe.
 */
export function WidgetFrame({ continueAction, visit, ...element }: WidgetFrameProps) {
  const t = useTranslations('buy');
  // The page drawn anew in place has another one, and this frame stays: somebody may be in the middle of a purchase.
  const [firstVisit] = useState(visit);
  const { generation, remount } = useFreshFrame();
  const [shown, setShown] = useState<number | null>(null);
  const [instance] = useState(() => crypto.randomUUID());
  // Asked only once the frame has loaded: until then the portal knows of an earlier frame at most, perhaps an ended one.
  const { data: status } = useAccountStatus({
    view: `${instance}/${generation}`,
    enabled: shown === generation,
    whileInUse: true,
  });
  const again = (
    <form action={continueAction}>
      <SubmitButton pendingLabel={t('loading')}>{t('continue')}</SubmitButton>
    </form>
  );
  if (status?.session === 'over') {
    return (
      <Over title={t('signedOut.title')} text={t('signedOut.text')}>
        <Button asChild>
          <Link href="/sign-in?callbackUrl=/account/buy">{t('signedOut.action')}</Link>
        </Button>
      </Over>
    );
  }
  const authorisation = status?.session === 'live' ? status.authorisation : null;
  if (authorisation?.state === 'ended') {
    return (
      <Over title={t('ended.title')} text={t('ended.text')}>
        {again}
      </Over>
    );
  }
  return (
    <div className="relative">
      {/* Never replaced by itself: somebody may be in the middle of a purchase. */}
      {(authorisation?.state === 'expiring' || authorisation?.state === 'expired') && (
        <Notice tone="warn" alert className="mb-4">
          <p>{t(authorisation.state)}</p>
          <Button variant="secondary" onClick={remount}>
            {t('startAgain')}
          </Button>
        </Notice>
      )}
      <WidgetElement
        key={generation}
        {...element}
        visit={`${firstVisit}/${generation}`}
        onTryAgain={remount}
        onShown={() => setShown(generation)}
      />
    </div>
  );
}

function Over({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <div
      role="status"
      className="grid min-h-[46rem] place-items-center rounded-card border border-border bg-card p-8 shadow-card"
    >
      <div className="max-w-md space-y-4 text-center">
        <h2 className="font-semibold text-xl">{title}</h2>
        <p className="text-muted-foreground">{text}</p>
        {children}
      </div>
    </div>
  );
}

/** The widget of the public page: no session, no token, nothing to poll. */
export function PublicWidgetFrame(element: Omit<WidgetElementProps, 'visit'>) {
  const { generation, remount } = useFreshFrame();
  return (
    <WidgetElement
      key={generation}
      {...element}
      visit={`public/${generation}`}
      onTryAgain={remount}
      onShown={() => {}}
    />
  );
}
