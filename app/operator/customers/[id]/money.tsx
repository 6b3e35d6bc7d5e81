import { TriangleAlert } from 'lucide-react';
import { getFormatter, getTranslations } from 'next-intl/server';
import { OperationStatus } from '@/components/operation-status';
import { Card, CardTitle } from '@/components/ui/card';
import { CopyValue } from '@/components/ui/copy-value';
import { Notice } from '@/components/ui/notice';
import type { Details } from '@/lib/customers/detail-fields';
import { type AtKuna, type Compared, compare, readAtKuna } from '@/lib/operator/at-kuna';
import { masked } from '@/lib/operator/contact';
import type { CustomerFile } from '@/lib/operator/customers';
import { getServices } from '@/lib/services';
import { OPERATION_STATUSES, type Operation } from '@/lib/wallet/operations-schema';

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
  if (balances.length === 0) return null;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      <dt className="font-medium">{t('balance')}</dt>
      {balances.map(({ asset, balance, held }) => (
        <dd key={asset} className="tabular-nums">
          {balance} {asset}
          {Number(held) !== 0 && <span className="text-muted-foreground"> ({t('held', { amount: held })})</span>}
        </dd>
      ))}
    </dl>
  );
}

async function Operations({ operations }: { operations: Operation[] }) {
  const t = await getTranslations('support.money');
  const format = await getFormatter();
  if (operations.length === 0) return <p className="text-muted-foreground">{t('nothing')}</p>;
  const amount = (value: string | null, asset: string | null) => [value, asset].filter(Boolean).join(' ') || '–';
  return (
    <ol aria-label={t('operations')} className="divide-y divide-border">
      {operations.map((one) => {
        const status = OPERATION_STATUSES.find((known) => known === one.status);
        return (
          <li key={one.id} className="grid gap-x-6 gap-y-1 py-3 sm:grid-cols-[11rem_1fr]">
            <span className="text-muted-foreground text-sm">
              {one.createdAt
                ? format.dateTime(new Date(one.createdAt), { dateStyle: 'medium', timeStyle: 'short' })
                : '–'}
            </span>
            <div className="min-w-0 space-y-1">
              <p className="flex flex-wrap gap-x-4">
                <span className="tabular-nums">
                  {t('pair', {
                    source: amount(one.sourceAmount, one.sourceAsset),
                    target: amount(one.targetAmount, one.targetAsset),
                  })}
                </span>
                <OperationStatus status={one.status} />
              </p>
              {status && <p className="text-muted-foreground text-sm">{t(`meaning.${status}`)}</p>}
              <CopyValue label={t('number')} value={one.id} />
            </div>
          </li>
        );
      })}
    </ol>
  );
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
