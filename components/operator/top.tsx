'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';

const PAGES = [
  { href: '/operator', name: 'customers' },
  { href: '/operator/audit', name: 'audit' },
  { href: '/account', name: 'account' },
] as const;

/** Navigation and sign-out of the support desk. */
export function OperatorTop() {
  const t = useTranslations('operator.navigation');
  const shell = useTranslations('shell');
  const here = usePathname();
  return (
    <>
      <nav aria-label={t('label')} className="max-sm:order-last max-sm:w-full">
        <ul className="flex flex-wrap gap-1">
          {PAGES.map(({ href, name }) => (
            <li key={href}>
              <Link
                href={href}
                prefetch={false}
                aria-current={here === href ? 'page' : undefined}
                className="flex min-h-11 items-center rounded-control px-3 text-muted hover:bg-raised hover:text-ink aria-[current=page]:bg-primary-soft aria-[current=page]:font-medium aria-[current=page]:text-primary"
              >
                {t(name)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <form action="/sign-out" method="post" className="ml-auto">
        <Button type="submit" variant="quiet">
          {shell('signOut')}
        </Button>
      </form>
    </>
  );
}
