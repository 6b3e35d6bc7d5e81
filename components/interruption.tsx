'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { PageHeading } from './page-heading';

/** Replaces a page whose data is unavailable. The layout around it keeps navigation and sign-out. */
export function Interruption() {
  const t = useTranslations('errors.interruption');
  const path = usePathname();
  const search = useSearchParams().toString();
  return (
    <>
      <PageHeading title={t('title')} intro={t('text')} />
      <Button asChild>
        {/* A full load with GET, also after a form was posted to this address. */}
        <a href={search ? `${path}?${search}` : path}>{t('action')}</a>
      </Button>
    </>
  );
}
