'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Button } from './ui/button';
import { Notice } from './ui/notice';

export interface WidgetElementProps {
  /** Where the frame starts: the portal's own route (type 2), or the widget itself (type 1). */
  src: string;
  widgetOrigin: string;
  /** Permissions policy of the frame; names the widget's origin alone. */
  allow: string;
}

const SLOW_AFTER_MS = 10_000;

interface ElementProps extends WidgetElementProps {
  onTryAgain: () => void;
  /** The frame has loaded something, or is not expected to any more. */
  onShown: () => void;
}

/** The iframe itself, with a place held for it while it loads and words for when it does not. */
export function WidgetElement({ src, widgetOrigin, allow, onTryAgain, onShown }: ElementProps) {
  const t = useTranslations('buy');
  const element = useRef<HTMLIFrameElement>(null);
  const [state, setState] = useState<'loading' | 'loaded' | 'slow'>('loading');
  const settle = (now: 'loaded' | 'slow') => {
    setState((before) => (before === 'loading' || now === 'slow' ? now : before));
    onShown();
  };
  const shown = useEffectEvent(settle);
  useEffect(() => {
    // The frame stands in the page's HTML: it may have loaded before this script ran.
    if (hasLoaded(element.current)) shown('loaded');
    const timer = setTimeout(() => !hasLoaded(element.current) && shown('slow'), SLOW_AFTER_MS);
    // A frame fires `load` for the browser's own error page too; whether the host answers at all, this tells.
    const abort = new AbortController();
    fetch(widgetOrigin, { mode: 'no-cors', method: 'HEAD', credentials: 'omit', signal: abort.signal }).catch(() => {
      if (!abort.signal.aborted) shown('slow');
    });
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [widgetOrigin]);
  return (
    <div className="relative overflow-hidden rounded-card border border-line bg-surface max-sm:-mx-4 max-sm:rounded-none max-sm:border-x-0">
      {state === 'loading' && (
        <p aria-hidden className="absolute inset-0 grid animate-pulse place-items-center text-muted">
          {t('loading')}
        </p>
      )}
      {state === 'slow' && (
        <Notice tone="warn" title={t('slow.title')} alert className="m-4">
          <p>{t('slow.text')}</p>
          <Button variant="secondary" onClick={onTryAgain}>
            {t('tryAgain')}
          </Button>
        </Notice>
      )}
      <iframe
        ref={element}
        src={src}
        title={t('frameTitle')}
        allow={allow}
        // It may not navigate the portal. Same-origin is its own origin, never ours: lib/config.ts sees to that.
        sandbox="allow-scripts allow-same-origin allow-forms allow-popups"
        referrerPolicy="strict-origin-when-cross-origin"
        onLoad={() => settle('loaded')}
        className="relative block min-h-[46rem] w-full [color-scheme:light_dark]"
      />
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
