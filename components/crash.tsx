'use client';

import { unstable_isUnrecognizedActionError as isOfAnotherBuild } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { AsServed, useServedNodes } from './as-served';
import { isMissingScript } from './load-failures';
import { PageHeading } from './page-heading';

interface CrashProps {
  error: Error & { digest?: string };
}

/** In place of a page that could not be drawn. One that only lacks a script stays as the server sent it. */
export function Crash({ error }: CrashProps) {
  const served = useServedNodes(isMissingScript(error), 'main');
  return served ? <AsServed served={served} /> : <CrashMessage error={error} />;
}

/** What an error page says. Trying again asks the server afresh: most of what ends here is an interruption. */
function CrashMessage({ error }: CrashProps) {
  const words = useTranslations('errors');
  const t = useTranslations(WORDS[kindOf(error)]);
  const missing = isMissingScript(error);
  useEffect(() => {
    // The page that was being opened is in the server's HTML as well.
    if (missing && !wasReloaded()) window.location.reload();
  }, [missing]);
  return (
    <>
      <PageHeading title={t('title')} intro={t('text')} />
      {/* Next's number for the error; the log has it beside the request's (instrumentation.ts). */}
      {error.digest && (
        <p className="mb-6 select-all text-muted-foreground text-sm">{words('reference', { id: error.digest })}</p>
      )}
      <Button onClick={() => window.location.reload()}>{t('action')}</Button>
    </>
  );
}

const WORDS = { incomplete: 'errors.incomplete', outdated: 'errors.outdated', crash: 'errors.crash' } as const;

function kindOf(error: Error): keyof typeof WORDS {
  if (isMissingScript(error)) return 'incomplete';
  // A page of an earlier build asked for something that this build does not know.
  return isOfAnotherBuild(error) ? 'outdated' : 'crash';
}

/** A script that is missing after a reload as well would reload for ever. */
function wasReloaded(): boolean {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return navigation?.type === 'reload';
}
