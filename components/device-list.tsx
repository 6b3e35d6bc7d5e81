import { useFormatter, useLocale, useTranslations } from 'next-intl';
import { SubmitButton } from '@/components/ui/submit-button';
import { formatDate } from '@/lib/date-format';
import type { Device } from '@/lib/sessions/devices';
import { DeviceIcon, useDeviceName } from './device-name';

interface DeviceListProps {
  devices: Device[];
  endAction: (form: FormData) => Promise<void>;
}

/** As many as a person can compare at a glance. Older ones are folded. */
const SHOWN = 5;

/** Lists the customer's sessions: device, network and last activity. */
export function DeviceList({ devices, endAction }: DeviceListProps) {
  const t = useTranslations('devices');
  const older = devices.slice(SHOWN);
  return (
    <>
      <Rows devices={devices.slice(0, SHOWN)} endAction={endAction} />
      {older.length > 0 && (
        <details className="border-border border-t">
          <summary className="flex min-h-12 items-center text-muted-foreground underline underline-offset-4 hover:text-foreground">
            {t('older', { count: older.length })}
          </summary>
          <Rows devices={older} endAction={endAction} />
        </details>
      )}
    </>
  );
}

function Rows({ devices, endAction }: DeviceListProps) {
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
  const language = useLocale();
  const when = formatDate(device.signedInAt, language);
  const name = useDeviceName()(device);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 py-4">
      <DeviceIcon kind={device.kind} />
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
  const language = useLocale();
  const network = device.sameNetwork === null ? null : device.sameNetwork ? t('sameNetwork') : t('otherNetwork');
  const lastSeen = t('lastSeen', { when: format.relativeTime(device.lastSeenAt) });
  const signedIn = t('signedIn', {
    when: formatDate(device.signedInAt, language),
  });
  const facts = device.current ? [signedIn] : [network, lastSeen, signedIn];
  return facts.filter(Boolean).join(' · ');
}
