import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { PageHeading } from '@/components/page-heading';
import { PublicTop, Shell } from '@/components/shell';
import { Button } from '@/components/ui/button';

export default async function NotFound() {
  const t = await getTranslations('errors.notFound');
  return (
    <Shell top={<PublicTop />}>
      <PageHeading title={t('title')} intro={t('text')} />
      <Button asChild>
        <Link href="/">{t('action')}</Link>
      </Button>
    </Shell>
  );
}
