import { TriangleAlert } from 'lucide-react';
import { getLocale, getTranslations } from 'next-intl/server';
import { operationHref } from '@/components/operation-address';
import { OperationStatus } from '@/components/operation-status';
import { CopyLink } from '@/components/operator/copy-link';
import { Card, CardTitle } from '@/components/ui/card';
import { CopyValue } from '@/components/ui/copy-value';
import { Notice } from '@/components/ui/notice';
import { config } from '@/lib/config/config';
import type { Details } from '@/lib/customers/detail-fields';
import { formatDate } from '@/lib/date-format';
import { formatMoney } from '@/lib/money/format';
import { isZero } from '@/lib/money/value';
import { type AtKuna, type Compared, compare, readAtKuna } from '@/lib/operator/at-kuna';
import { masked } from '@/lib/operator/contact';
import type { CustomerFile } from '@/lib/operator/customers';
import { getServices } from '@/lib/services';
import { cn } from '@/lib/utils';
import { formatPair, isKnown, isPurchase, operationWords, outcomeOf } from '@/lib/wallet/operation-words';
import type { Operation } from '@/lib/wallet/operations-schema';

/** Shows purchases and balances as KunaCore has them, and where its record differs from ours. */
export async function Money({ file, details }: { file: CustomerFile; details: Details | null }) {
  const t = await getTranslations('support.money');
  const { customerId, walletId } = file;
  const services = await getServices();
  const atKuna = customerId && walletId ? await readAtKuna(services, customerId, walletId) : null;
  // After a deletion, Kuna's record is not ours to show.
  const compared = atKuna?.customer && !file.deleted ? compare(file, details, atKuna.customer) : null;
  return (
    <Card aria-labelledby="money" className="space-y-5 lg:col-span-2">
      <CardTitle id="money">{t('title')}</CardTitle>
      {!atKuna && <p className="text-muted-foreground">{t('noWallet')}</p>}
      {atKuna && Object.values(atKuna).includes(null) && (
        <Notice tone="warn">
          <p>{t('down')}</p>
        </Notice>
      )}
      {atKuna?.balances && <Balances balances={atKuna.balances} />}
      {atKuna?.operations && <Operations operations={atKuna.operations} />}
      {compared && <Comparison compared={compared} />}
    </Card>
  );
}

async function Balances({ balances }: { balances: NonNullable<AtKuna['balances']> }) {
  const t = await getTranslations('support.money');
  const language = await getLocale();
  if (balances.length === 0) return null;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      <dt className="font-medium">{t('balance')}</dt>
      {balances.map(({ asset, balance, held }) => (
        <dd key={asset} className="tabular-nums">
          {formatMoney(balance, asset, language)}
          {!isZero(held) && (
            <span className="text-muted-foreground">
              {' '}
              ({t('held', { amount: formatMoney(held, asset, language) })})
            </span>
          )}
        </dd>
      ))}
    </dl>
  );
}

async function Operations({ operations }: { operations: Operation[] }) {
  const t = await getTranslations('support.money');
  if (operations.length === 0) return <p className="text-muted-foreground">{t('nothing')}</p>;
  return (
    <ol aria-label={t('operations')} className="divide-y divide-border">
      {operations.map((one) => (
        <OneOperation key={one.id} operation={one} />
      ))}
    </ol>
  );
}

async function OneOperation({ operation }: { operation: Operation }) {
  const t = await getTranslations('support.money');
  const language = await getLocale();
  const words = operationWords(await getTranslations('operations'), operation);
  const { id, status, createdAt, fee } = operation;
  const isDeclined = outcomeOf(operation) === 'declined';
  return (
    <li className="grid gap-x-6 gap-y-1 py-3 sm:grid-cols-[11rem_1fr]">
      <span className="text-muted-foreground text-sm">{createdAt ? formatDate(createdAt, language) : '–'}</span>
      <div className="min-w-0 space-y-1">
        <p className="flex flex-wrap gap-x-4">
          <span className="font-medium">{words.type}</span>
          <OperationStatus status={status} label={words.status} />
        </p>
        <p className={cn('tabular-nums', isDeclined && 'text-muted-foreground')}>
          {await amounts(operation)}
          {fee && !isDeclined && ` · ${t('fee', { amount: formatMoney(fee, null, language) })}`}
        </p>
        <p className="text-muted-foreground text-sm">{t('reads', { meaning: words.meaning })}</p>
        {!isKnown(operation) && (
          <p className="text-muted-foreground text-sm">{t('reported', { type: operation.type, status })}</p>
        )}
        <CopyValue label={t('number')} value={id} />
        <CopyLink label={t('link')} href={`${config().portalOrigin}${operationHref(id)}`} />
      </div>
    </li>
  );
}

/** Says who pays and gets what, as its status allows it to be said. */
async function amounts(operation: Operation): Promise<string> {
  const t = await getTranslations('support.money');
  const language = await getLocale();
  const { sourceAmount, sourceAsset, targetAmount, targetAsset } = operation;
  if (!sourceAmount || !targetAmount || !isPurchase(operation)) return formatPair(operation, language);
  return t(`pairs.${outcomeOf(operation)}`, {
    source: formatMoney(sourceAmount, sourceAsset, language),
    target: formatMoney(targetAmount, targetAsset, language),
  });
}

/** The statuses that KunaCore documents. Others are shown as it sends them. */
const KNOWN_STATUSES = ['ACCEPTED', 'Active', 'Blocked', 'Suspicious'] as const;

async function Comparison({ compared }: { compared: Compared[] }) {
  const t = await getTranslations('support.money');
  const shown = (fact: Compared['fact'], value: string | null) => {
    if (value && (fact === 'email' || fact === 'phoneNumber')) return masked(fact, value);
    const status = fact === 'name' ? undefined : KNOWN_STATUSES.find((known) => known === value);
    return status ? t(`statuses.${status}`) : (value ?? '–');
  };
  return (
    <table className="w-full text-left text-sm sm:table-fixed">
      <caption className="pb-2 text-left font-medium">{t('compare')}</caption>
      <thead className="text-muted-foreground">
        <tr>
          <th scope="col">{t('fact')}</th>
          <th scope="col">{t('ours')}</th>
          <th scope="col">{t('kunas')}</th>
        </tr>
      </thead>
      <tbody>
        {compared.map(({ fact, ours, kunas, differs }) => (
          <tr key={fact} className="border-border border-t align-top">
            <th scope="row" className="py-2 pr-4 font-normal text-muted-foreground">
              {t(`facts.${fact}`)}
            </th>
            <td className="py-2 pr-4 [overflow-wrap:anywhere]">{shown(fact, ours)}</td>
            <td className="py-2 [overflow-wrap:anywhere]">
              {shown(fact, kunas)}
              {differs && (
                <span className="flex items-center gap-1.5 font-medium text-destructive">
                  <TriangleAlert aria-hidden className="size-4 shrink-0" />
                  {t('differs')}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
