import { getLocale, getTranslations } from 'next-intl/server';
import { DeviceList } from '@/components/device-list';
import { DoneNotice } from '@/components/done-notice';
import { Interruption } from '@/components/interruption';
import { PageHeading } from '@/components/page-heading';
import { Button } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { requireUser } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { formatDate } from '@/lib/date-format';
import { takeDone } from '@/lib/pages/done';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';
import { listDevices } from '@/lib/sessions/devices';
import { type Identity, listIdentities } from '@/lib/users/identities';
import { endDevice, endOtherDevices } from './actions';

type Search = Promise<Record<string, string | string[] | undefined>>;

async function DevicesPage({ searchParams }: { searchParams: Search }) {
  const session = await requireUser('/account/devices');
  const services = await getServices();
  const done = await takeDone(session, '/account/devices');
  const devices = await listDevices(services, session.userId, session.id);
  const identities = await listIdentities(services, session.userId);
  const t = await getTranslations('devices');
  return (
    <div className="mx-auto max-w-2xl">
      <PageHeading title={t('title')} intro={t('intro')} />
      <DoneNotice done={done} />
      {(await searchParams).unconfirmed !== undefined && (
        <Notice tone="bad" alert className="mb-6">
          <p>{t('unconfirmed')}</p>
        </Notice>
      )}
      <Card aria-label={t('title')} className="py-2 sm:py-3">
        <DeviceList devices={devices} endAction={endDevice} />
      </Card>
      {devices.length > 1 && (
        <form action={endOtherDevices} className="mt-6">
          <SubmitButton pendingLabel={t('ending')}>{t('others')}</SubmitButton>
        </form>
      )}
      <Identities identities={identities} address={session.email} />
      {/* A plain form like "Sign out": the response is a full load. */}
      <form action="/sign-out" method="post" className="mt-6 space-y-2">
        <input type="hidden" name="where" value="everywhere" />
        <Button type="submit" variant="secondary">
          {t('everywhere')}
        </Button>
        <p className="text-muted-foreground text-sm">{t('everywhereHint')}</p>
      </form>
    </div>
  );
}

/** Lists the customer's ways to sign in, so that they can report an entry they do not recognise. */
async function Identities({ identities, address }: { identities: Identity[]; address: string }) {
  const { oidc, offers } = config();
  const t = await getTranslations('devices.identities');
  const language = await getLocale();
  return (
    <Card aria-labelledby="identities" className="mt-6 space-y-3">
      <div className="space-y-1">
        <CardTitle id="identities">{t('title')}</CardTitle>
        <p className="text-muted-foreground text-sm">{t('intro')}</p>
      </div>
      <ul className="divide-y divide-border">
        {identities.map(({ provider, linkedAt }) => (
          <li key={provider} className="py-3">
            <p className="font-medium">{oidc?.name ?? provider}</p>
            <p className="text-muted-foreground text-sm">
              {t('linked', { when: formatDate(linkedAt, language, { dateStyle: 'long' }) })}
            </p>
          </li>
        ))}
        {offers.signInLinks && (
          <li className="py-3">
            <p className="font-medium">{t('link')}</p>
            <p className="text-muted-foreground text-sm [overflow-wrap:anywhere]">{t('linkTo', { address })}</p>
          </li>
        )}
      </ul>
    </Card>
  );
}

export default interruptible(DevicesPage, Interruption, 'devices.page');
