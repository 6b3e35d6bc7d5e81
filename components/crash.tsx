'use client';

import { unstable_isUnrecognizedActionError as isFromAnotherBuild } from 'next/navigation';
import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { shortNumber } from '@/lib/utils';
import { AsServed, useServedNodes } from './as-served';
import { isMissingScript } from './load-failures';
import { PageHeading } from './page-heading';
import { usePageTexts } from './page-texts';

interface CrashProps {
  error: Error & { digest?: string };
}

/** Replaces a page that failed to render. Keeps the server's HTML if only a script is missing. */
export function Crash({ error }: CrashProps) {
  const served = useServedNodes(isMissingScript(error), 'main');
  return served ? <AsServed served={served} /> : <CrashMessage error={error} />;
}

function CrashMessage({ error }: CrashProps) {
  const texts = usePageTexts();
  const { title, text, action } = texts[kindOf(error)];
  const missing = isMissingScript(error);
  useEffect(() => {
    // A reload gets the requested page as the server's HTML.
    if (missing && !wasReloaded()) window.location.reload();
  }, [missing]);
  return (
    <>
      <title>{title}</title>
      <PageHeading title={title} intro={text} />
      {/* Next's id of the error; instrumentation.ts logs it with the request id. */}
      {error.digest && <Reference text={texts.reference} number={shortNumber(error.digest)} />}
      <Button onClick={() => window.location.reload()}>{action}</Button>
    </>
  );
}

/** The number stands out: it is read out on the phone. */
function Reference({ text, number }: { text: string; number: string }) {
  const [before, after] = text.split('{id}');
  return (
    <p className="mb-6 text-muted-foreground text-sm">
      {before}
      <code className="select-all whitespace-nowrap text-base text-foreground">{number}</code>
      {after}
    </p>
  );
}

function kindOf(error: Error): 'incomplete' | 'outdated' | 'crash' {
  if (isMissingScript(error)) return 'incomplete';
  // The page belongs to an earlier build than the server.
  return isFromAnotherBuild(error) ? 'outdated' : 'crash';
}

/** Prevents an endless reload when the script stays missing. */
function wasReloaded(): boolean {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return navigation?.type === 'reload';
}
