'use client';

import { unstable_isUnrecognizedActionError as isOfAnotherBuild } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { PageHeading } from '@/components/page-heading';
import { Shell } from '@/components/shell';
import { Button } from '@/components/ui/button';

// Trying again asks the server afresh: most of what ends here is an interruption.
export default function CrashPage({ error }: { error: unknown }) {
  // A page of an earlier build asked for something that this build does not know.
  const t = useTranslations(isOfAnotherBuild(error) ? 'errors.outdated' : 'errors.crash');
  return (
    <Shell>
      <PageHeading title={t('title')} intro={t('text')} />
      <Button onClick={() => window.location.reload()}>{t('action')}</Button>
    </Shell>
  );
}
