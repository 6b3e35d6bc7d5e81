'use client';

import { useTranslations } from 'next-intl';
import { PageHeading } from '@/components/page-heading';
import { Shell } from '@/components/shell';
import { Button } from '@/components/ui/button';

// Trying again asks the server afresh: most of what ends here is an interruption.
export default function CrashPage() {
  const t = useTranslations('errors.crash');
  return (
    <Shell>
      <PageHeading title={t('title')} intro={t('text')} />
      <Button onClick={() => window.location.reload()}>{t('action')}</Button>
    </Shell>
  );
}
