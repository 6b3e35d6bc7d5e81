'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { type ReactNode, useEffect, useState } from 'react';
import { Button, buttonStyle } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { useAccountStatus } from './account-status';
import { TabLink } from './tab-link';
import { useLostFocus } from './use-lost-focus';
import { useFreshFrame, WidgetElement, type WidgetElementProps } from './widget-element';

interface WidgetFrameProps extends WidgetElementProps {
  continueAction: () => Promise<void>;
  /** What belongs to the session, under the widget. Gone once the session is over. */
  children: ReactNode;
}

/** Shows the widget, or a message once its authorisation or the session has ended. Works without script. */
export function WidgetFrame({ continueAction, visit, children, ...element }: WidgetFrameProps) {
  const t = useTranslations('buy');
  // A refresh in place brings a new visit. Keep the first, and with it a purchase in progress.
  const [firstVisit] = useState(visit);
  const { generation, remount } = useFreshFrame();
  const { isElsewhere, goElsewhere, comeBack } = useElsewhere(remount);
  const [shown, setShown] = useState<number | null>(null);
  const [instance] = useState(() => crypto.randomUUID());
  // Before the iframe has loaded, the portal knows only an earlier authorisation, which may have ended.
  const { data: status } = useAccountStatus({
    view: `${instance}/${generation}`,
    enabled: shown === generation,
    whileInUse: true,
  });
  const router = useRouter();
  const isRefused = status?.session === 'live' && status.customer !== 'ready';
  // The page explains what is next, such as a wallet on hold.
  useEffect(() => {
    if (isRefused) router.refresh();
  }, [isRefused, router]);
  const continueForm = (
    <form action={continueAction}>
      <SubmitButton pendingLabel={t('loading')}>{t('continue')}</SubmitButton>
    </form>
  );
  if (status?.session === 'over') {
    return (
      <Ended title={t('signedOut.title')} text={t('signedOut.text')}>
        <Link href="/sign-in?callbackUrl=/account/buy" prefetch={false} className={buttonStyle()}>
          {t('signedOut.action')}
        </Link>
      </Ended>
    );
  }
  const authorisation = status?.session === 'live' ? status.authorisation : null;
  if (authorisation?.state === 'ended') {
    return (
      <>
        <Ended title={t('ended.title')} text={t('ended.text')}>
          {continueForm}
        </Ended>
        {children}
      </>
    );
  }
  if (isElsewhere) {
    return (
      <>
        <Elsewhere onBack={comeBack} />
        {children}
      </>
    );
  }
  return (
    <>
      <div className="relative">
        {/* Replaced only by the customer: a purchase may be in progress. */}
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
          isReplaced={generation > 0}
          onTryAgain={remount}
          onTab={goElsewhere}
          onShown={() => setShown(generation)}
        />
        <UnderFrame tab={element.tab} onTab={goElsewhere} />
      </div>
      {children}
    </>
  );
}

/** Remembers whether the widget is open in a tab of its own. KunaCore may end this page's token when that tab gets one. */
function useElsewhere(remount: () => void) {
  const [isElsewhere, setElsewhere] = useState(false);
  const comeBack = () => {
    setElsewhere(false);
    remount();
  };
  return { isElsewhere, goElsewhere: () => setElsewhere(true), comeBack };
}

function UnderFrame({ tab, onTab }: { tab: string; onTab: () => void }) {
  return (
    <p className="mt-3 -ml-3">
      <TabLink href={tab} onOpen={onTab} variant="quiet" />
    </p>
  );
}

/** Stands in place of the iframe while the widget is open in a tab of its own. */
function Elsewhere({ onBack }: { onBack: () => void }) {
  const t = useTranslations('buy.elsewhere');
  return (
    <Ended title={t('title')} text={t('text')}>
      <Button variant="secondary" onClick={onBack}>
        {t('action')}
      </Button>
    </Ended>
  );
}

function Ended({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  const heading = useLostFocus<HTMLHeadingElement>();
  return (
    <div
      role="status"
      className="grid min-h-[min(46rem,70dvh)] max-sm:mt-4 place-items-center rounded-card border border-border bg-card p-8 shadow-card"
    >
      <div className="max-w-md space-y-4 text-center">
        <h2 ref={heading} tabIndex={-1} className="font-semibold text-xl">
          {title}
        </h2>
        <p className="text-muted-foreground">{text}</p>
        {children}
      </div>
    </div>
  );
}

/** Shows the public page's widget, which has no session and no token. */
export function PublicWidgetFrame(element: Omit<WidgetElementProps, 'visit'>) {
  const { generation, remount } = useFreshFrame();
  const { isElsewhere, goElsewhere, comeBack } = useElsewhere(remount);
  if (isElsewhere) return <Elsewhere onBack={comeBack} />;
  return (
    <>
      <WidgetElement
        key={generation}
        {...element}
        visit={`public/${generation}`}
        isReplaced={generation > 0}
        onTryAgain={remount}
        onTab={goElsewhere}
        onShown={() => {}}
      />
      <UnderFrame tab={element.tab} onTab={goElsewhere} />
    </>
  );
}
