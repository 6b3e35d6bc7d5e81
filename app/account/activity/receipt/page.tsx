import { getLocale, getTranslations } from 'next-intl/server';
import { FactsOfOperation } from '@/components/facts-of-operation';
import { Interruption } from '@/components/interruption';
import { PageHeading } from '@/components/page-heading';
import { buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { requireUser } from '@/lib/auth/session';
import { readCustomerName } from '@/lib/customers/name';
import { walletOf } from '@/lib/customers/state';
import { documentFooter } from '@/lib/pages/document-texts';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';
import { operationId } from '@/lib/wallet/filter-schema';
import { findOperation } from '@/lib/wallet/operations';
import { orUnavailable } from '@/lib/wallet/or-unavailable';
import { receiptOf } from '@/lib/wallet/receipt';

type Search = Promise<Record<string, string | string[] | undefined>>;

async function ReceiptPage({ searchParams }: { searchParams: Search }) {
  const session = await requireUser('/account/activity');
  const services = await getServices();
  const customer = await readCustomerName(services, session.userId);
  const id = operationId((await searchParams).operation);
  const walletId = walletOf(session.customer);
  const found = id && walletId ? await orUnavailable(services, findOperation(services, walletId, id)) : null;
  const t = await getTranslations('receipt');
  if (!found || found === 'unavailable')
    return (
      <div className="mx-auto max-w-2xl space-y-6">
        <PageHeading title={t('page')} />
        <Notice tone="warn">
          <p>{t(found ? 'unavailable' : 'missing')}</p>
        </Notice>
        <a href="/account/activity" className={buttonStyle({ variant: 'secondary' })}>
          {t('toActivity')}
        </a>
      </div>
    );
  const translators = { t, operations: await getTranslations('operations') };
  const { title, warning, meaning, rows } = receiptOf(translators, found, customer, await getLocale());
  const { source, issued } = await documentFooter();
  const query = new URLSearchParams({ operation: found.id });
  return (
    <div className="mx-auto max-w-2xl">
      <PageHeading title={title} intro={meaning} />
      <Card className="space-y-4">
        {warning && (
          <Notice tone="warn">
            <p>{warning}</p>
          </Notice>
        )}
        <FactsOfOperation rows={rows} />
        <p className="text-muted-foreground text-sm">{source}</p>
        <p className="text-muted-foreground text-sm">{issued}</p>
      </Card>
      <div data-print="leave-out" className="mt-6 flex flex-wrap items-center gap-3">
        <a href={`/api/account/receipt.pdf?${query}`} className={buttonStyle()}>
          {t('pdf')}
        </a>
        <a href={`/account/activity?${query}`} className={buttonStyle({ variant: 'secondary' })}>
          {t('back')}
        </a>
        <p className="text-muted-foreground text-sm">{t('print')}</p>
      </div>
    </div>
  );
}

export default interruptible(ReceiptPage, Interruption, 'receipt.page');
