'use client';

import { unstable_isUnrecognizedActionError as isFromAnotherBuild } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { AsServed, useServedNodes } from './as-served';
import { isMissingScript } from './load-failures';
import { PageHeading } from './page-heading';

interface CrashProps {
  error: Error & { digest?: string };
}

/** Replaces a page that failed to render. Keeps the server's HTML if only a script is missing. */
export function Crash({ error }: CrashProps) {
  const served = useServedNodes(isMissingScript(error), 'main');
  return served ? <AsServed served={served} /> : <CrashMessage error={error} />;
}

function CrashMessage({ error }: CrashProps) {
  const errors = useTranslations('errors');
  const t = useTranslations(NAMESPACES[kindOf(error)]);
  const missing = isMissingScript(error);
  useEffect(() => {
    // A reload gets the requested page as the server's HTML.
    if (missing && !wasReloaded()) window.location.reload();
  }, [missing]);
  return (
    <>
      <PageHeading title={t('title')} intro={t('text')} />
      {/* Next's id of the error; instrumentation.ts logs it with the request id. */}
      {error.digest && (
        <p className="mb-6 select-all text-muted-foreground text-sm">{errors('reference', { id: error.digest })}</p>
      )}
      <Button onClick={() => window.location.reload()}>{t('action')}</Button>
    </>
  );
}

const NAMESPACES = { incomplete: 'errors.incomplete', outdated: 'errors.outdated', crash: 'errors.crash' } as const;

function kindOf(error: Error): keyof typeof NAMESPACES {
  if (isMissingScript(error)) return 'incomplete';
  // The page belongs to an earlier build than the server.
  return isFromAnotherBuild(error) ? 'outdated' : 'crash';
}

/** Prevents an endless reload when the script stays missing. */
function wasReloaded(): boolean {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return navigation?.type === 'reload';
}
