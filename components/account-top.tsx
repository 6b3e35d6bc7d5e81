'use client';

import { CircleUserRound, Coins, History, LayoutDashboard, MonitorSmartphone } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { NavLink, SignOutForm } from './top-nav';

const PAGES = [
  { href: '/account', name: 'account', Icon: LayoutDashboard },
  { href: '/account/buy', name: 'buy', Icon: Coins },
  { href: '/account/activity', name: 'activity', Icon: History },
  { href: '/account/details', name: 'details', Icon: CircleUserRound },
  { href: '/account/devices', name: 'devices', Icon: MonitorSmartphone },
] as const;

/** Shows the account's navigation and sign-out. On small screens the navigation is a bar at the bottom. */
export function AccountTop() {
  const t = useTranslations('shell');
  return (
    <>
      <nav
        aria-label={t('navigation')}
        data-tab-bar
        className="max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-20 max-lg:border-border max-lg:border-t max-lg:bg-card max-lg:pb-[env(safe-area-inset-bottom)]"
      >
        <ul className="flex lg:gap-1">
          {PAGES.map(({ href, name, Icon }) => (
            <li key={href} className="max-lg:min-w-0 max-lg:flex-1">
              <NavLink
                href={href}
                className="flex items-center rounded-control text-muted-foreground transition-colors hover:text-foreground aria-[current=page]:text-primary max-lg:min-h-16 max-lg:flex-col max-lg:justify-center max-lg:gap-1 max-lg:px-0.5 max-lg:text-[0.6875rem] max-lg:leading-tight lg:min-h-11 lg:px-3 lg:hover:bg-muted lg:aria-[current=page]:bg-primary-soft lg:aria-[current=page]:font-medium"
              >
                <Icon aria-hidden className="size-5 lg:hidden" />
                <span className="max-lg:max-w-full max-lg:truncate">{t(name)}</span>
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <SignOutForm />
    </>
  );
}
