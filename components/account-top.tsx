'use client';

import { CircleUserRound, Coins, History, LayoutDashboard, MonitorSmartphone } from 'lucide-react';
import { NavLink, SignOutForm } from './top-nav';

const PAGES = [
  { href: '/account', name: 'account', Icon: LayoutDashboard },
  { href: '/account/buy', name: 'buy', Icon: Coins },
  { href: '/account/activity', name: 'activity', Icon: History },
  { href: '/account/details', name: 'details', Icon: CircleUserRound },
  { href: '/account/devices', name: 'devices', Icon: MonitorSmartphone },
] as const;

type Labels = Record<'navigation' | 'signOut' | (typeof PAGES)[number]['name'], string>;

/** Shows the account's navigation and sign-out. On small screens the navigation is a bar at the bottom. */
export function AccountTop({ labels }: { labels: Labels }) {
  return (
    <>
      <nav
        aria-label={labels.navigation}
        data-tab-bar
        className="max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-20 max-lg:border-border max-lg:border-t max-lg:bg-card max-lg:pb-[env(safe-area-inset-bottom)]"
      >
        <ul className="flex lg:gap-1 max-lg:[&>li]:min-w-0 max-lg:[&>li]:flex-1">
          {PAGES.map(({ href, name, Icon }) => (
            <li key={href}>
              <NavLink href={href} className="nav-tab">
                <Icon aria-hidden className="size-5 lg:hidden" />
                <span className="nav-label">{labels[name]}</span>
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <SignOutForm label={labels.signOut} />
    </>
  );
}
