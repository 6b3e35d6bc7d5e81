import { useFormatter, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { Overview } from '@/lib/integration/overview';

/** Shows how each kind of call went. */
export function EndpointTable({ endpoints }: Pick<Overview, 'endpoints'>) {
  const t = useTranslations('integration.endpoints');
  const kuna = useTranslations('integration.kuna');
  const format = useFormatter();
  if (endpoints.length === 0) return <p className="text-muted-foreground">{t('none')}</p>;
  const within = (ms: number | null) => (ms === null ? '–' : kuna('ms', { ms }));
  return (
    <Table label={t('title')} columns={[t('endpoint'), t('calls'), t('failed'), t('median'), t('slow')]}>
      {endpoints.map(([name, { calls, failed, medianMs, slowMs }]) => (
        <Row key={name} cells={[name, format.number(calls), format.number(failed), within(medianMs), within(slowMs)]} />
      ))}
    </Table>
  );
}

/** Lists incidents, newest first. */
export function IncidentTable({ incidents }: Pick<Overview, 'incidents'>) {
  const t = useTranslations('integration.incidents');
  const format = useFormatter();
  if (incidents.length === 0) return <p>{t('none')}</p>;
  const time = (at: Date) => format.dateTime(at, { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <Table label={t('title')} columns={[t('started'), t('ended'), t('people'), t('revocations')]}>
      {incidents.map(({ id, startedAt, endedAt, peopleAffected, revocationsDelayed }) => (
        <Row
          key={id}
          cells={[
            time(startedAt),
            endedAt ? time(endedAt) : t('open'),
            format.number(peopleAffected),
            format.number(revocationsDelayed),
          ]}
        />
      ))}
    </Table>
  );
}

function Table({ label, columns, children }: { label: string; columns: string[]; children: ReactNode }) {
  return (
    // Focusable, so that the keyboard can scroll it on a narrow screen.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: axe, scrollable-region-focusable
    <section className="overflow-x-auto" aria-label={label} tabIndex={0}>
      <table className="w-full text-left text-sm">
        <thead className="text-muted-foreground">
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className="py-2 pr-6 font-medium">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-border tabular-nums">{children}</tbody>
      </table>
    </section>
  );
}

function Row({ cells: [first, ...others] }: { cells: string[] }) {
  return (
    <tr>
      <th scope="row" className="py-2 pr-6 font-normal">
        {first}
      </th>
      {others.map((cell, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <td key={index} className="py-2 pr-6">
          {cell}
        </td>
      ))}
    </tr>
  );
}
