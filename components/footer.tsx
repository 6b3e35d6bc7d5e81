'use client';

import { usePathname } from 'next/navigation';
import { brand } from '@/lib/brand/brand';
import { supportCall } from '@/lib/brand/support';
import { PreferencesForm } from './preferences-form';

type Labels = Record<'help' | 'home' | 'terms' | 'privacy' | 'developers', string>;

/** Shows help, legal links, language and theme at the foot of every page. */
export function Footer({ labels }: { labels: Labels }) {
  const isStartPage = usePathname() === '/';
  const links = [
    { href: brand.links.home, label: labels.home },
    { href: brand.links.terms, label: labels.terms },
    { href: brand.links.privacy, label: labels.privacy },
    { href: isStartPage && brand.links.developers, label: labels.developers },
  ];
  return (
    <footer className="border-border border-t text-muted-foreground text-sm">
      <div className="mx-auto flex w-full max-w-6xl flex-wrap items-center gap-x-8 gap-y-4 px-4 py-6 sm:px-6">
        <p>
          {labels.help}{' '}
          <a href={`mailto:${brand.support.email}`} className="text-foreground underline underline-offset-4">
            {brand.support.email}
          </a>
          {', '}
          <a href={supportCall} className="whitespace-nowrap text-foreground underline underline-offset-4">
            {brand.support.phone}
          </a>
        </p>
        <ul className="flex flex-wrap gap-x-6 [&_a]:inline-flex [&_a]:min-h-11 [&_a]:items-center">
          {links.map(
            ({ href, label }) =>
              href && (
                <li key={href}>
                  <a href={href} className="hover:text-foreground hover:underline">
                    {label}
                  </a>
                </li>
              ),
          )}
        </ul>
        <div className="sm:ml-auto">
          <PreferencesForm />
        </div>
      </div>
    </footer>
  );
}
