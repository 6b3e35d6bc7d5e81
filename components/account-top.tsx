'use client';

import { CircleUserRound, Coins, History, LayoutDashboard, MonitorSmartphone } from 'lucide-react';
import { brand } from '@/lib/brand/brand';
import { AccountMenu } from './header-menu';
import { SessionNotice, type SessionTexts, useSessionNews } from './session-watch';
import { PublicTop } from './shell';
import { NavLink, SignOutForm } from './top-nav';

const PAGES = [
  { href: '/account', name: 'account', Icon: LayoutDashboard },
  { href: '/account/buy', name: 'buy', Icon: Coins },
  { href: '/account/activity', name: 'activity', Icon: History },
  { href: '/account/details', name: 'details', Icon: CircleUserRound },
  { href: '/account/devices', name: 'devices', Icon: MonitorSmartphone },
] as const;

type Labels = Record<'navigation' | 'signOut' | 'help' | 'bank' | (typeof PAGES)[number]['name'], string> & {
  /** Null where the institution sends no e-mails. */
  messages: string | null;
};

interface Props {
  labels: Labels;
  session: SessionTexts;
  /** When the session may be near its end at the earliest. */
  askInSeconds: number;
}

/** Shows the account's navigation, menu and sign-out. On small screens the navigation is a bar at the bottom. */
export function AccountTop({ labels, session, askInSeconds }: Props) {
  const { news, stay } = useSessionNews(askInSeconds);
  return (
    <>
      {/* Another tab has signed out, or the time is over: nothing here that only works with a session. */}
      {news.kind === 'over' ? <PublicTop /> : <SignedIn labels={labels} />}
      <SessionNotice news={news} onStay={stay} texts={session} />
    </>
  );
}

function SignedIn({ labels }: Pick<Props, 'labels'>) {
  const links = [
    { href: '/account/details', label: labels.details },
    { href: '/account/devices', label: labels.devices },
    ...(labels.messages ? [{ href: '/account/messages', label: labels.messages }] : []),
    { href: '/account/help', label: labels.help },
    ...(brand.links.home ? [{ href: brand.links.home, label: labels.bank, isElsewhere: true }] : []),
  ];
  return (
    <>
      <nav aria-label={labels.navigation} data-tab-bar>
        <ul className="flex lg:gap-1 max-lg:[&>li]:min-w-0 max-lg:[&>li]:flex-1">
          {PAGES.map(({ href, name, Icon }) => (
            <li key={href}>
              <NavLink href={href} className="nav-tab">
                <Icon aria-hidden className="nav-icon" />
                <span className="nav-label">{labels[name]}</span>
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className="ml-auto flex items-center gap-1">
        <AccountMenu links={links} />
        <SignOutForm label={labels.signOut} />
      </div>
    </>
  );
}
