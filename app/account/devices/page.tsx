import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { DeviceList } from '@/components/device-list';
import { Interruption } from '@/components/interruption';
import { PageHeading } from '@/components/page-heading';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { listDevices } from '@/lib/auth/devices';
import { requireUser } from '@/lib/auth/session';
import { interruptible } from '@/lib/interruptible';
import { services } from '@/lib/services';
import { endDevice } from './actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('devices'))('page') };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

async function DevicesPage({ searchParams }: { searchParams: Search }) {
  const session = await requireUser('/account/devices');
  const devices = await listDevices(await services(), session);
  const t = await getTranslations('devices');
  return (
    <div className="mx-auto max-w-2xl">
      <PageHeading title={t('title')} intro={t('intro')} />
      {(await searchParams).unconfirmed !== undefined && (
        <Notice tone="bad" alert className="mb-6">
          <p>{t('unconfirmed')}</p>
        </Notice>
      )}
      <Card aria-label={t('title')} className="py-2 sm:py-3">
        <DeviceList devices={devices} endAction={endDevice} />
      </Card>
      {/* Like "Sign out": a plain form that is answered by a full load. */}
      <form action="/sign-out" method="post" className="mt-6 space-y-2">
        <input type="hidden" name="where" value="everywhere" />
        <Button type="submit" variant="secondary">
          {t('everywhere')}
        </Button>
        <p className="text-muted text-sm">{t('everywhereHint')}</p>
      </form>
    </div>
  );
}

export default interruptible(DevicesPage, Interruption);
