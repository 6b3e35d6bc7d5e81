'use client';

import { LogOut } from 'lucide-react';
import Link, { useLinkStatus } from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/lib/utils';

interface NavLinkProps {
  href: string;
  className: string;
  children: ReactNode;
}

/** Links to a page of the navigation. Marks the current page, and pulses while its page loads. */
export function NavLink({ href, className, children }: NavLinkProps) {
  const isHere = usePathname() === href;
  return (
    <Link href={href} prefetch={false} aria-current={isHere ? 'page' : undefined} className={className}>
      <Pending>{children}</Pending>
    </Link>
  );
}

function Pending({ children }: { children: ReactNode }) {
  const { pending } = useLinkStatus();
  return <span className={cn('contents', pending && 'animate-pulse [&>*]:animate-pulse')}>{children}</span>;
}

/** Signs out by a plain form, which works without script and ends in a full load. */
export function SignOutForm({ label }: { label: string }) {
  return (
    <form action="/sign-out" method="post">
      <Button type="submit" variant="quiet" title={label}>
        <LogOut aria-hidden className="size-5 sm:hidden" />
        <span className="max-sm:sr-only">{label}</span>
      </Button>
    </form>
  );
}
