'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import type { ReactNode } from 'react';
import { buttonStyle } from '@/components/ui/button';

/** Links to the current address. A full load with GET, also after a form was posted to it. */
export function SameAddress({ children }: { children: ReactNode }) {
  const path = usePathname();
  const search = useSearchParams().toString();
  return (
    <a href={search ? `${path}?${search}` : path} className={buttonStyle()}>
      {children}
    </a>
  );
}
