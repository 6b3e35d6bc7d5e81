import { useFormatter, useLocale, useTranslations } from 'next-intl';
import { DeviceIcon, useDeviceName } from '@/components/device-name';
import { Card, CardTitle } from '@/components/ui/card';
import { formatDate } from '@/lib/date-format';
import type { SeenDevice } from '@/lib/operator/customers';

/** Longer lists say only how many more there are. */
const MOST = 20;

/** Lists where the customer is signed in, the last used first. */
export function Devices({ devices }: { devices: SeenDevice[] }) {
  const t = useTranslations('support.devices');
  return (
    <Card aria-labelledby="devices" className="space-y-3">
      <CardTitle id="devices">{t('title')}</CardTitle>
      {devices.length === 0 && <p className="text-muted-foreground">{t('none')}</p>}
      <ul aria-label={t('title')} className="divide-y divide-border">
        {devices.slice(0, MOST).map((device, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rendered on the server only, and devices have no public id.
          <DeviceLine key={index} device={device} />
        ))}
      </ul>
      {devices.length > MOST && <p>{t('more', { count: devices.length - MOST })}</p>}
    </Card>
  );
}

function DeviceLine({ device }: { device: SeenDevice }) {
  const t = useTranslations('devices');
  const format = useFormatter();
  const language = useLocale();
  const name = useDeviceName();
  const when = formatDate(device.signedInAt, language);
  return (
    <li className="flex items-center gap-x-4 py-3">
      <DeviceIcon kind={device.kind} />
      <div className="min-w-0">
        <p className="font-medium">{name(device)}</p>
        <p className="text-muted-foreground text-sm">
          {t('lastSeen', { when: format.relativeTime(device.lastSeenAt) })} · {t('signedIn', { when })}
        </p>
      </div>
    </li>
  );
}
