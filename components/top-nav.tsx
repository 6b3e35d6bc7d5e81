'use client';

import Link, { useLinkStatus } from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/lib/utils';

interface NavLinkProps {
  href: string;
  className: string;
  children: ReactNode;
}

/** A link of the navigation: marks the page that is open, and shows that a page is being opened. */
export function NavLink({ href, className, children }: NavLinkProps) {
  const isHere = usePathname() === href;
  return (
    <Link href={href} prefetch={false} aria-current={isHere ? 'page' : undefined} className={className}>
      <Opening>{children}</Opening>
    </Link>
  );
}

function Opening({ children }: { children: ReactNode }) {
  const { pending } = useLinkStatus();
  return <span className={cn('contents', pending && 'animate-pulse [&>*]:animate-pulse')}>{children}</span>;
}

/** Signing out is a plain form: it works without script and loads afresh. */
export function SignOutForm() {
  const t = useTranslations('shell');
  return (
    <form action="/sign-out" method="post" className="ml-auto">
      <Button type="submit" variant="quiet">
        {t('signOut')}
      </Button>
    </form>
  );
}
