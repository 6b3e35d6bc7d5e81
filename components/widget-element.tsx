'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useEffectEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { useKeptFrame } from './use-kept-frame';

export interface WidgetElementProps {
  /** Where the frame starts: the portal's own route (type 2), or the widget itself (type 1). */
  src: string;
  widgetOrigin: string;
  /** Permissions policy of the frame; names the widget's origin alone. */
  allow: string;
  /** Differs for every rendering of the server, which is one visit and one frame. */
  visit: string;
}

const SLOW_AFTER_MS = 10_000;

interface ElementProps extends WidgetElementProps {
  onTryAgain: () => void;
  /** The frame has loaded something, or is not expected to any more. */
  onShown: () => void;
}

type Loading = 'loading' | 'loaded' | 'slow' | 'offline';

/** The iframe itself, with a place held for it while it loads and words for when it does not. */
export function WidgetElement({ src, widgetOrigin, allow, visit, onTryAgain, onShown }: ElementProps) {
  const t = useTranslations('buy');
  const { host, element, isKept } = useKeptFrame(visit);
  const [state, setState] = useState<Loading>('loading');
  const settle = (now: Loading) => {
    setState((before) => (before === 'loading' || now !== 'loaded' ? now : before));
    onShown();
  };
  const shown = useEffectEvent(settle);
  const tryAgain = useEffectEvent(onTryAgain);
  useEffect(() => {
    const frame = element.current;
    const loaded = () => shown('loaded');
    // The frame stands in the page's HTML: it may have loaded before this script ran.
    if (hasLoaded(frame)) loaded();
    frame?.addEventListener('load', loaded);
    const missing = () => shown(navigator.onLine ? 'slow' : 'offline');
    const timer = setTimeout(() => !hasLoaded(frame) && missing(), SLOW_AFTER_MS);
    // A frame fires `load` for the browser's own error page too; whether the host answers at all, this tells.
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
    const again = () => tryAgain();
    window.addEventListener('online', again, { once: true });
    return () => window.removeEventListener('online', again);
  }, [state]);
  const missing = state === 'slow' || state === 'offline';
  return (
    <div className="relative overflow-hidden rounded-card border border-border bg-card shadow-card max-sm:-mx-4 max-sm:rounded-none max-sm:border-x-0">
      {state === 'loading' && <Placeholder label={t('loading')} />}
      {/* Over the frame, not above it: nothing on the page moves. */}
      {missing && (
        <div className="absolute inset-x-0 top-0 z-10 p-4">
          <Notice tone="warn" title={t(`${state}.title`)} alert className="shadow-card">
            <p>{t(`${state}.text`)}</p>
            <Button variant="secondary" onClick={onTryAgain}>
              {t('tryAgain')}
            </Button>
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
            // It may not navigate the portal. Same-origin is its own origin, never ours: lib/config/cross-checks.ts sees to that.
            sandbox="allow-scripts allow-same-origin allow-forms allow-popups"
            referrerPolicy="strict-origin-when-cross-origin"
          />
        )}
      </div>
    </div>
  );
}

/** Roughly what will be there: the frame is transparent until it has drawn something. */
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

/** A document of another origin cannot be seen, which says that it is there; ours can be asked. */
function hasLoaded(frame: HTMLIFrameElement | null): boolean {
  if (!frame) return false;
  const inside = frame.contentDocument;
  return inside === null || (inside.URL !== 'about:blank' && inside.readyState === 'complete');
}

/**
 * A browser that goes back restores the frame's last address, old token included, without asking the portal.
 * Replacing the element, unlike changing its `src`, starts afresh and leaves no entry in the history.
 */
export function useFreshFrame() {
  const [generation, setGeneration] = useState(0);
  const remount = () => setGeneration((count) => count + 1);
  useEffect(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (navigation?.type === 'back_forward' && !restored.done) {
      restored.done = true;
      setGeneration((count) => count + 1);
    }
    const onPageShow = (event: PageTransitionEvent) => {
      if (event.persisted) setGeneration((count) => count + 1);
    };
    window.addEventListener('pageshow', onPageShow);
    return () => window.removeEventListener('pageshow', onPageShow);
  }, []);
  return { generation, remount };
}

/** The document was loaded once by going back; frames mounted later in it are fresh by themselves. */
const restored = { done: false };
