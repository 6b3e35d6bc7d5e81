'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { brand } from '@/lib/brand/brand';
import { STATUS_REGION } from './announce';
import { BrandMark } from './brand-mark';
import { LanguageMenu } from './header-menu';
import { type PageTexts, PageTextsContext, usePageTexts } from './page-texts';

/** Provides the texts below. Apart from next-intl, whose formatter is in the script of the pages that need it only. */
export function PageTextsProvider({ texts, children }: { texts: PageTexts; children: ReactNode }) {
  return <PageTextsContext value={texts}>{children}</PageTextsContext>;
}

/** Lays out a page: skip link, header and content. The root layout adds the footer. */
export function Shell({ top, children }: { top?: ReactNode; children: ReactNode }) {
  const { skip, home } = usePageTexts();
  return (
    <>
      <a
        href="#content"
        className="sr-only rounded-control bg-card px-4 py-3 focus:not-sr-only focus:absolute focus:top-3 focus:left-3 focus:z-30"
      >
        {skip}
      </a>
      <header className="border-border border-b bg-card">
        {/* One row on every screen: the name wraps, so that everything else has its place. */}
        <div className="relative mx-auto flex min-h-16 w-full max-w-6xl flex-wrap items-center gap-x-2 px-4 py-2 sm:px-6 lg:gap-x-8">
          <Link
            href="/"
            prefetch={false}
            aria-label={home}
            className="flex min-h-11 min-w-0 items-center gap-3 max-lg:grow max-lg:basis-9"
          >
            <BrandMark className="size-9 shrink-0" />
            <span className="wrap-anywhere font-semibold text-lg leading-tight tracking-tight max-[22rem]:sr-only">
              {brand.name}
            </span>
          </Link>
          {top}
        </div>
      </header>
      {/* The one region for messages that move no focus (announce.ts). */}
      <div id={STATUS_REGION} role="status" className="sr-only" />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-6xl flex-1 px-4 py-8 outline-none sm:px-6 sm:py-12"
      >
        {children}
      </main>
    </>
  );
}

/** Holds the header's links on public pages, after the languages. */
export function PublicTop({ children }: { children?: ReactNode }) {
  return (
    <div className="ml-auto flex items-center gap-2">
      <LanguageMenu />
      {children}
    </div>
  );
}
