import { CircleHelp, Monitor, Smartphone, Tablet } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { Device } from '@/lib/sessions/devices';

const ICONS = { desktop: Monitor, mobile: Smartphone, tablet: Tablet, unknown: CircleHelp };

/** Shows what kind of device it is. */
export function DeviceIcon({ kind }: Pick<Device, 'kind'>) {
  const Icon = ICONS[kind];
  return <Icon aria-hidden className="size-6 shrink-0 text-muted-foreground" />;
}

/** Returns a function that names a device in the person's language. */
export function useDeviceName() {
  const t = useTranslations('devices');
  return ({ browser, system }: Pick<Device, 'browser' | 'system'>) =>
    browser && system ? t('browserOnSystem', { browser, system }) : (browser ?? system ?? t('unknown'));
}
