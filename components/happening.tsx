'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Notice } from '@/components/ui/notice';
import { isUnfinished } from '@/lib/wallet/operations-schema';
import { holdingsQuery, type Known } from './holdings-query';
import { operationHref } from './operation-address';
import { useOperationWords } from './operation-words';

/** Names each operation that Kuna has not finished. Renders nothing while there is none. */
export function Happening({ known }: { known: Known }) {
  const t = useTranslations('holdings');
  const wordsOf = useOperationWords();
  const { data } = useQuery(holdingsQuery(known));
  const open = data?.latest.filter((operation) => operation.status === 'OnHold' || isUnfinished(operation)) ?? [];
  return (
    <div aria-live="polite" className="space-y-3 empty:hidden">
      {open.map((operation) => {
        const { id, status } = operation;
        const isOnHold = status === 'OnHold';
        return (
          <Notice key={id} tone={isOnHold ? 'warn' : 'info'}>
            <p>
              {t(isOnHold ? 'happening.onHold' : 'happening.inProgress', { operation: wordsOf(operation).type })}{' '}
              <Link href={operationHref(id)} prefetch={false} className="font-medium text-primary underline">
                {t('happening.view')}
              </Link>
            </p>
          </Notice>
        );
      })}
    </div>
  );
}
