'use client';

import Link from 'next/link';
import { buttonStyle } from '@/components/ui/button';
import { PageHeading } from './page-heading';
import { usePageTexts } from './page-texts';
import { Shell } from './shell';

/** Replaces a page that does not exist. In the browser, because Next sends its elements with every page. */
export function NotFound() {
  const { title, text, action } = usePageTexts().notFound;
  return (
    <Shell>
      <title>{title}</title>
      <PageHeading title={title} intro={text} />
      <Link href="/" prefetch={false} className={buttonStyle()}>
        {action}
      </Link>
    </Shell>
  );
}
