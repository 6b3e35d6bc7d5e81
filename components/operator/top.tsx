'use client';

import { usePathname } from 'next/navigation';
import { LanguageMenu } from '@/components/header-menu';
import { type FindAction, FindCustomer, type FindLabels } from '@/components/operator/find-customer';
import { SessionNotice, type SessionTexts, useSessionNews } from '@/components/session-watch';
import { NavLink, SignOutForm } from '@/components/top-nav';

const PAGES = [
  { href: '/operator', name: 'customers' },
  { href: '/operator/audit', name: 'audit' },
  { href: '/operator/integration', name: 'integration' },
  { href: '/account', name: 'account' },
] as const;

/** A page without a label is not for this operator. */
type Labels = Record<'label' | 'signOut', string> & Record<(typeof PAGES)[number]['name'], string | null>;

interface Props {
  labels: Labels;
  find: { action: FindAction; labels: FindLabels };
  session: SessionTexts;
  /** When the session may be near its end at the earliest. */
  askInSeconds: number;
}

/** Shows the support console's navigation, languages, sign-out and search. */
export function OperatorTop({ labels, find, session, askInSeconds }: Props) {
  const page = usePathname();
  const { news, stay } = useSessionNews(askInSeconds);
  return (
    <>
      <nav aria-label={labels.label} className="max-lg:order-last max-lg:w-full">
        <ul className="flex flex-wrap gap-1">
          {PAGES.filter(({ name }) => labels[name]).map(({ href, name }) => (
            <li key={href}>
              <NavLink
                href={href}
                className="flex min-h-11 items-center rounded-control px-3 text-muted-foreground hover:bg-muted hover:text-foreground aria-[current=page]:bg-primary-soft aria-[current=page]:font-medium aria-[current=page]:text-primary"
              >
                <span>{labels[name]}</span>
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className="ml-auto flex items-center gap-1">
        <LanguageMenu />
        {news.kind !== 'over' && <SignOutForm label={labels.signOut} />}
      </div>
      {/* The results of a search close with the page on which they were opened. */}
      <FindCustomer key={page} {...find} />
      <SessionNotice news={news} onStay={stay} texts={session} />
    </>
  );
}
