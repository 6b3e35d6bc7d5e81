import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { brand } from '@/lib/brand/brand';
import { Button } from './ui/button';

/** The frame of every page: skip link, brand, what the page offers at the top, help at the foot. */
export function Shell({ top, children }: { top?: ReactNode; children: ReactNode }) {
  const t = useTranslations('shell');
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only rounded-control bg-surface px-4 py-3 focus:not-sr-only focus:absolute focus:top-3 focus:left-3 focus:z-10"
      >
        {t('skip')}
      </a>
      <header className="border-line border-b bg-surface">
        <div className="mx-auto flex w-full max-w-5xl flex-wrap items-center gap-x-6 gap-y-1 px-4 py-3 sm:px-6">
          <Link href="/" aria-label={t('home', { brand: brand.name })} className="flex min-h-11 items-center gap-3">
            <span
              aria-hidden
              className="grid size-9 place-items-center rounded-control bg-primary font-bold text-lg text-on-primary"
            >
              {brand.monogram}
            </span>
            <span className="font-semibold text-lg">{brand.name}</span>
          </Link>
          {top}
        </div>
      </header>
      <main id="content" className="mx-auto w-full max-w-5xl flex-1 px-4 py-8 sm:px-6 sm:py-12">
        {children}
      </main>
      <footer className="mx-auto w-full max-w-5xl px-4 pb-8 text-muted text-sm sm:px-6">
        {t('help', { email: brand.support.email })}
      </footer>
    </div>
  );
}

/** Navigation and sign-out of the account. Signing out is a plain form: it works without script and loads afresh. */
export function AccountTop() {
  const t = useTranslations('shell');
  const links = [
    { href: '/account', label: t('account') },
    { href: '/account/buy', label: t('buy') },
    { href: '/account/details', label: t('details') },
    { href: '/account/devices', label: t('devices') },
  ];
  return (
    <>
      <form action="/sign-out" method="post" className="order-2 ml-auto sm:order-3 sm:ml-0">
        <Button type="submit" variant="quiet">
          {t('signOut')}
        </Button>
      </form>
      <nav
        aria-label={t('navigation')}
        className="-mx-2 order-3 flex w-full flex-wrap sm:order-2 sm:mx-0 sm:ml-auto sm:w-auto"
      >
        {links.map(({ href, label }) => (
          <Link
            key={href}
            href={href}
            prefetch={false}
            className="flex min-h-11 items-center whitespace-nowrap rounded-control px-2 text-muted hover:bg-raised hover:text-ink sm:px-3"
          >
            {label}
          </Link>
        ))}
      </nav>
    </>
  );
}

/** The way in, for pages that anybody can see. */
export function PublicTop({ children }: { children?: ReactNode }) {
  return <div className="ml-auto flex items-center gap-2">{children}</div>;
}
