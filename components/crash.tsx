'use client';

import { unstable_isUnrecognizedActionError as isOfAnotherBuild } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { PageHeading } from './page-heading';
import { Button } from './ui/button';

/** What an error page says. Trying again asks the server afresh: most of what ends here is an interruption. */
export function Crash({ error }: { error: Error & { digest?: string } }) {
  // A page of an earlier build asked for something that this build does not know.
  const words = useTranslations('errors');
  const t = useTranslations(isOfAnotherBuild(error) ? 'errors.outdated' : 'errors.crash');
  return (
    <>
      <PageHeading title={t('title')} intro={t('text')} />
      {/* Next's number for the error; the log has it beside the request's (instrumentation.ts). */}
      {error.digest && <p className="mb-6 select-all text-muted text-sm">{words('reference', { id: error.digest })}</p>}
      <Button onClick={() => window.location.reload()}>{t('action')}</Button>
    </>
  );
}
