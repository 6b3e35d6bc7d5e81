'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useEffectEvent, useReducer, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { brand } from '@/lib/brand/brand';
import { TabLink } from './tab-link';
import { useKeptFrame } from './use-kept-frame';
import { useLostFocus } from './use-lost-focus';
import { showWidgetHelp } from './widget-help';

export interface WidgetElementProps {
  /** The portal's own route (type 2), or the widget itself (type 1). */
  src: string;
  widgetOrigin: string;
  /** Leads a tab of its own to the widget. */
  tab: string;
  /** Permissions policy of the iframe. Names the widget's origin and those of its payment pages. */
  allow: string;
  /** Identifies one rendering of the server, and its iframe. */
  visit: string;
}

const { email, phone } = brand.support;
const SLOW_AFTER_MS = 10_000;

interface ElementProps extends WidgetElementProps {
  /** Whether it stands in place of an earlier one, whose buttons are gone. */
  isReplaced: boolean;
  onTryAgain: () => void;
  onTab: () => void;
  /** Called when the iframe has loaded, or has failed to. */
  onShown: () => void;
}

type Loading = 'loading' | 'loaded' | 'slow' | 'offline';

/** Renders the iframe, a placeholder while it loads, and a notice when it is slow or offline. */
export function WidgetElement(props: ElementProps) {
  const { src, widgetOrigin, tab, allow, visit, isReplaced, onTryAgain, onTab, onShown } = props;
  const t = useTranslations('buy');
  const card = useLostFocus<HTMLDivElement>(isReplaced);
  const { host, element, isKept } = useKeptFrame(visit);
  const [state, setState] = useState<Loading>('loading');
  const update = (now: Loading) => {
    setState((before) => (before === 'loading' || now !== 'loaded' ? now : before));
    onShown();
  };
  const shown = useEffectEvent(update);
  const tryAgain = useEffectEvent(onTryAgain);
  useEffect(() => {
    const frame = element.current;
    const loaded = () => shown('loaded');
    // The iframe is in the server's HTML, so it may have loaded before this script ran.
    if (hasLoaded(frame)) loaded();
    frame?.addEventListener('load', loaded);
    const missing = () => shown(navigator.onLine ? 'slow' : 'offline');
    const timer = setTimeout(() => !hasLoaded(frame) && missing(), SLOW_AFTER_MS);
    // `load` also fires for the browser's error page. This request tells whether the host responds.
    const abort = new AbortController();
    fetch(widgetOrigin, { mode: 'no-cors', method: 'HEAD', credentials: 'omit', signal: abort.signal }).catch(() => {
      if (!abort.signal.aborted) missing();
    });
    return () => {
      frame?.removeEventListener('load', loaded);
      clearTimeout(timer);
      abort.abort();
    };
  }, [widgetOrigin, element]);
  useEffect(() => {
    if (state !== 'offline') return;
    const onOnline = () => tryAgain();
    window.addEventListener('online', onOnline, { once: true });
    return () => window.removeEventListener('online', onOnline);
  }, [state]);
  const missing = state === 'slow' || state === 'offline';
  return (
    <div
      ref={card}
      tabIndex={-1}
      className="relative overflow-hidden rounded-card border border-border bg-card shadow-card max-sm:-mx-4 max-sm:rounded-none max-sm:border-x-0"
    >
      {state === 'loading' && <Placeholder label={t('loading')} />}
      {/* Overlaps the iframe, so that the page does not shift. */}
      {missing && (
        <div className="absolute inset-x-0 top-0 z-10 p-4">
          <Notice tone="warn" title={t(`${state}.title`)} alert className="shadow-card">
            <p>{t(`${state}.text`)}</p>
            <div className="flex flex-wrap gap-2">
              <Button variant="secondary" onClick={onTryAgain}>
                {t('tryAgain')}
              </Button>
              {state === 'slow' && (
                <>
                  <TabLink href={tab} onOpen={onTab} variant="secondary" />
                  <Button variant="quiet" onClick={showWidgetHelp}>
                    {t('showHelp')}
                  </Button>
                </>
              )}
            </div>
            {state === 'slow' && <p>{t('otherWays', { email, phone })}</p>}
          </Notice>
        </div>
      )}
      <div ref={host} className="relative h-[46rem] w-full [&>iframe]:block [&>iframe]:size-full">
        {!isKept && (
          <iframe
            ref={element}
            data-visit={visit}
            src={src}
            title={t('frameTitle')}
            allow={allow}
            // Prevents navigation of the portal. `allow-same-origin` is safe: lib/config/cross-checks.ts refuses our own
            // origin. The last two are for banks' pages and blocked storage (docs/decisions/080-payment-pages.md).
            sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-storage-access-by-user-activation"
            referrerPolicy="strict-origin-when-cross-origin"
          />
        )}
      </div>
    </div>
  );
}

/** Shows through the iframe, which is transparent until it draws. */
function Placeholder({ label }: { label: string }) {
  return (
    <div aria-hidden className="absolute inset-0 mx-auto flex max-w-md flex-col gap-5 p-8">
      <Skeleton className="h-6 w-2/3" />
      <Skeleton className="h-32 w-full" />
      <Skeleton className="h-32 w-full" />
      <Skeleton className="h-12 w-full" />
      <p className="text-center text-muted-foreground text-sm">{label}</p>
    </div>
  );
}

/** Detects a loaded document. One of another origin reads as null, so null means loaded. */
function hasLoaded(frame: HTMLIFrameElement | null): boolean {
  if (!frame) return false;
  const inside = frame.contentDocument;
  return inside === null || (inside.URL !== 'about:blank' && inside.readyState === 'complete');
}

/**
 * Replaces the iframe after going back, since browsers restore its last address with the old token. Unlike a change of
 * `src`, a new element adds no history entry.
 */
export function useFreshFrame() {
  const [generation, remount] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (navigation?.type === 'back_forward' && !restored.done) {
      restored.done = true;
      remount();
    }
    const onPageShow = (event: PageTransitionEvent) => {
      if (event.persisted) remount();
    };
    window.addEventListener('pageshow', onPageShow);
    return () => window.removeEventListener('pageshow', onPageShow);
  }, []);
  return { generation, remount };
}

/** Whether this document's navigation was handled. Iframes mounted later are fresh. */
const restored = { done: false };
