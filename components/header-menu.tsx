'use client';

import { ChevronDown, CircleUserRound, Globe } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { LANGUAGE_NAMES, type Language } from '@/lib/choices';
import { cn } from '@/lib/utils';
import { usePageTexts } from './page-texts';
import { LanguageForm } from './preferences-form';

/** A link of the account menu. One with `isElsewhere` leaves the portal. */
export interface MenuLink {
  href: string;
  label: string;
  isElsewhere?: boolean;
}

/** Returns how the header names a language, where there is no room for its name: УКР. Two letters of Latin are known. */
function shortName(language: Language): string {
  const name = LANGUAGE_NAMES[language].toUpperCase();
  return /^[A-Z]/.test(name) ? language.toUpperCase() : name.slice(0, 3);
}

/** Shows the account's further pages and the languages. */
export function AccountMenu({ links }: { links: MenuLink[] }) {
  const { menu, preferences } = usePageTexts();
  return (
    <Menu
      summary={
        <>
          <CircleUserRound aria-hidden className="size-5" />
          <span className="max-sm:sr-only">{menu}</span>
        </>
      }
    >
      <ul className={cn('-mx-3', preferences.languages.length > 1 && 'mb-3 border-border border-b pb-3')}>
        {links.map(({ href, label, isElsewhere }) => (
          <li key={href}>
            {isElsewhere ? (
              <a href={href} className="menu-link">
                {label}
              </a>
            ) : (
              <Link href={href} prefetch={false} className="menu-link">
                {label}
              </Link>
            )}
          </li>
        ))}
      </ul>
      <LanguageForm />
    </Menu>
  );
}

/** Shows the languages, in the header of a page without an account. */
export function LanguageMenu() {
  const { preferences } = usePageTexts();
  if (preferences.languages.length === 1) return null;
  return (
    <Menu
      summary={
        <>
          <Globe aria-hidden className="size-5" />
          <span>
            <span className="sr-only">{preferences.labels.language}: </span>
            {shortName(preferences.language)}
          </span>
        </>
      }
    >
      <LanguageForm />
    </Menu>
  );
}

/** Opens below its summary. A `details` element, so it needs no script; with script it closes as menus do. */
function Menu({ summary, children }: { summary: ReactNode; children: ReactNode }) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const closeIfOutside = ({ target }: Event) => {
      if (menu.current && target instanceof Node && !menu.current.contains(target)) menu.current.open = false;
    };
    document.addEventListener('pointerdown', closeIfOutside);
    document.addEventListener('focusin', closeIfOutside);
    return () => {
      document.removeEventListener('pointerdown', closeIfOutside);
      document.removeEventListener('focusin', closeIfOutside);
    };
  }, []);
  const closeOnEscape = ({ key }: KeyboardEvent) => {
    if (key !== 'Escape' || !menu.current?.open) return;
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
  };
  return (
    // The menu of the next page is closed.
    <details key={usePathname()} ref={menu} onKeyDown={closeOnEscape} className="group">
      <summary className="menu-summary">
        {summary}
        <ChevronDown aria-hidden className="size-4 group-open:rotate-180 max-sm:hidden" />
      </summary>
      <div className="absolute top-16 right-4 z-30 w-64 max-w-[calc(100vw-2rem)] rounded-card border border-border bg-card p-6 shadow-card sm:right-6">
        {children}
      </div>
    </details>
  );
}
