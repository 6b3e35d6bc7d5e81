'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { PageHeading } from './page-heading';

/** Stands in for a page whose data cannot be had right now, inside the layout, which keeps navigation and sign-out. */
export function Interruption() {
  const t = useTranslations('errors.interruption');
  const [path, search] = [usePathname(), useSearchParams().toString()];
  return (
    <>
      <PageHeading title={t('title')} intro={t('text')} />
      <Button asChild>
        {/* A full load, also after a form was posted to this address. */}
        <a href={search ? `${path}?${search}` : path}>{t('action')}</a>
      </Button>
    </>
  );
}
