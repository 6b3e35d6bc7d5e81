import { getLocale, getTranslations } from 'next-intl/server';
import { FactsOfOperation } from '@/components/facts-of-operation';
import { Interruption } from '@/components/interruption';
import { PageHeading } from '@/components/page-heading';
import { Button, buttonStyle } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { requireUser } from '@/lib/auth/session';
import { readCustomerName } from '@/lib/customers/name';
import { walletOf } from '@/lib/customers/state';
import { documentFooter } from '@/lib/pages/document-texts';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';
import { orUnavailable } from '@/lib/wallet/or-unavailable';
import { type Period, periodOf, readStatement, type Statement } from '@/lib/wallet/statement';
import { statementTexts } from '@/lib/wallet/statement-texts';

const NOTHING: Statement = { operations: [], isCut: false };

type Search = Promise<Record<string, string | string[] | undefined>>;

async function StatementPage({ searchParams }: { searchParams: Search }) {
  const session = await requireUser('/account/activity/statement');
  const services = await getServices();
  const customer = await readCustomerName(services, session.userId);
  const period = periodOf(await searchParams);
  const walletId = walletOf(session.customer);
  const statement = walletId ? await orUnavailable(services, readStatement(services, walletId, period)) : NOTHING;
  const t = await getTranslations('statement');
  const { source, issued } = await documentFooter();
  return (
    <div className="mx-auto max-w-5xl">
      <PageHeading title={t('title')} intro={t('intro')} />
      <PeriodForm period={period} />
      <Card className="space-y-6">
        {statement === 'unavailable' ? (
          <Unavailable />
        ) : (
          <Figures statement={statement} period={period} customer={customer} />
        )}
        <p className="text-muted-foreground text-sm">{source}</p>
        <p className="text-muted-foreground text-sm">{issued}</p>
      </Card>
    </div>
  );
}

export default interruptible(StatementPage, Interruption, 'statement.page');

/** Asks for the period, and offers the files of the shown one. Works without script. */
async function PeriodForm({ period }: { period: Period }) {
  const t = await getTranslations('statement');
  const query = new URLSearchParams(period);
  return (
    <div data-print="leave-out" className="mb-6 flex flex-wrap items-end gap-3">
      <form className="flex flex-wrap items-end gap-3">
        <TextField id="from" name="from" type="date" label={t('from')} defaultValue={period.from} />
        <TextField id="to" name="to" type="date" label={t('to')} defaultValue={period.to} />
        <Button type="submit">{t('show')}</Button>
      </form>
      <a href={`/api/account/statement.pdf?${query}`} className={buttonStyle({ variant: 'secondary' })}>
        {t('pdf')}
      </a>
      <a
        href={`/api/account/operations.csv?${new URLSearchParams({ ...period, status: 'Completed' })}`}
        className={buttonStyle({ variant: 'secondary' })}
      >
        {t('csv')}
      </a>
    </div>
  );
}

async function Unavailable() {
  const t = await getTranslations('receipt');
  return (
    <Notice tone="warn">
      <p>{t('unavailable')}</p>
    </Notice>
  );
}

async function Figures({ statement, period, customer }: { statement: Statement; period: Period; customer: string }) {
  const t = await getTranslations('statement');
  const translators = { t, operations: await getTranslations('operations') };
  const { dates, columns, rows, totals } = statementTexts(translators, statement, period, await getLocale());
  return (
    <>
      <div>
        <CardTitle id="period">{dates}</CardTitle>
        <p>{customer}</p>
      </div>
      {statement.isCut && (
        <Notice tone="warn">
          <p>{t('cut')}</p>
        </Notice>
      )}
      {rows.length === 0 ? (
        <p className="text-muted-foreground">{t('none')}</p>
      ) : (
        <>
          {/* On a narrow screen each row is a list, with the column names before its cells. */}
          <table aria-labelledby="period" className="w-full text-sm tabular-nums max-md:block">
            <thead className="max-md:sr-only">
              <tr className="border-border border-b text-left">
                {columns.map(({ name }) => (
                  <th key={name} scope="col" className="py-2 pr-4 font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-border max-md:block">
              {rows.map((row) => (
                <tr key={row.at(-1)} className="max-md:block max-md:py-2">
                  {row.map((text, index) => (
                    <td
                      key={columns[index]?.name}
                      data-column={columns[index]?.name}
                      className="py-2 pr-4 align-top max-md:wrap-anywhere max-md:flex max-md:justify-between max-md:gap-4 max-md:py-1 max-md:pr-0 max-md:text-right max-md:before:shrink-0 max-md:before:text-muted-foreground max-md:before:content-[attr(data-column)]"
                    >
                      {text}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <h3 className="font-semibold">{t('totals')}</h3>
          <FactsOfOperation rows={totals} />
          <p className="text-muted-foreground text-sm">{t('feeNote')}</p>
        </>
      )}
    </>
  );
}
