import { getTranslations } from 'next-intl/server';
import { PageHeading } from './page-heading';
import { SameAddress } from './same-address';

/** Replaces a page whose data is unavailable. The layout around it keeps navigation and sign-out. */
export async function Interruption() {
  const t = await getTranslations('errors.interruption');
  return (
    <>
      <PageHeading title={t('title')} intro={t('text')} />
      <SameAddress>{t('action')}</SameAddress>
    </>
  );
}
