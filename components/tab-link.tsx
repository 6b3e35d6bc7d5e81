'use client';

import { ExternalLink } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { buttonStyle } from '@/components/ui/button';

interface Props {
  href: string;
  /** Called once the browser has followed the link. */
  onOpen: () => void;
  variant: 'secondary' | 'quiet';
}

/**
 * Opens the widget in a tab of its own. A plain link: `noopener` keeps the widget from the page that opened it, and the
 * referrer still names the portal, by which providers check a partner's domain.
 */
export function TabLink({ href, onOpen, variant }: Props) {
  const t = useTranslations('buy');
  // Later, because the link may be gone when the page is drawn again.
  const later = () => setTimeout(onOpen);
  return (
    <a href={href} target="_blank" rel="noopener" onClick={later} className={buttonStyle({ variant })}>
      <ExternalLink aria-hidden className="size-4" />
      {t('openTab')}
    </a>
  );
}
