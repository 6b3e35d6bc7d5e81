import { CircleHelp, Monitor, Smartphone, Tablet } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Device } from '@/lib/sessions/devices';

interface DeviceListProps {
  devices: Device[];
  endAction: (form: FormData) => Promise<void>;
}

const ICONS = { desktop: Monitor, mobile: Smartphone, tablet: Tablet, unknown: CircleHelp };

/** Lists the customer's sessions: device, network and last activity. */
export function DeviceList({ devices, endAction }: DeviceListProps) {
  return (
    <ul className="divide-y divide-border">
      {devices.map((device) => (
        <DeviceRow key={device.sessionId} device={device} endAction={endAction} />
      ))}
    </ul>
  );
}

function DeviceRow({ device, endAction }: { device: Device; endAction: DeviceListProps['endAction'] }) {
  const t = useTranslations('devices');
  const Icon = ICONS[device.kind];
  const format = useFormatter();
  const { browser, system, signedInAt } = device;
  const when = format.dateTime(signedInAt, { dateStyle: 'medium', timeStyle: 'short' });
  const name = browser && system ? t('browserOnSystem', { browser, system }) : (browser ?? system ?? t('unknown'));
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 py-4">
      <Icon aria-hidden className="size-6 shrink-0 text-muted-foreground" />
      <div className="min-w-0 flex-1 basis-48">
        <p className="font-medium">{name}</p>
        <p className="text-muted-foreground text-sm">
          <Facts device={device} />
        </p>
      </div>
      {device.current ? (
        <p className="rounded-control bg-success-soft px-3 py-1 font-medium text-success text-sm">{t('current')}</p>
      ) : (
        <form action={endAction}>
          <input type="hidden" name="device" value={device.sessionId} />
          <SubmitButton variant="secondary" pendingLabel={t('ending')} aria-label={t('endNamed', { name, when })}>
            {t('end')}
          </SubmitButton>
        </form>
      )}
    </li>
  );
}

function Facts({ device }: { device: Device }) {
  const t = useTranslations('devices');
  const format = useFormatter();
  const network = device.sameNetwork === null ? null : device.sameNetwork ? t('sameNetwork') : t('otherNetwork');
  const lastSeen = t('lastSeen', { when: format.relativeTime(device.lastSeenAt) });
  const signedIn = t('signedIn', {
    when: format.dateTime(device.signedInAt, { dateStyle: 'medium', timeStyle: 'short' }),
  });
  const facts = device.current ? [signedIn] : [network, lastSeen, signedIn];
  return facts.filter(Boolean).join(' · ');
}
