import { useFormatter, useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { formatDate } from '@/lib/date-format';
import type { ContractDifference } from '@/lib/integration/contract-changes';
import type { Overview } from '@/lib/integration/overview';

/** Shows how each kind of call went. */
export function EndpointList({ endpoints }: Pick<Overview, 'endpoints'>) {
  const t = useTranslations('integration.endpoints');
  const kuna = useTranslations('integration.kuna');
  const format = useFormatter();
  if (endpoints.length === 0) return <p className="text-muted-foreground">{t('none')}</p>;
  const within = (ms: number | null) => (ms === null ? '–' : kuna('ms', { ms }));
  return (
    <Lines label={t('title')}>
      {endpoints.map(([name, { calls, failed, medianMs, slowMs }]) => (
        <Line
          key={name}
          title={name}
          facts={[
            [t('calls'), format.number(calls)],
            [t('failed'), format.number(failed)],
            [t('median'), within(medianMs)],
            [t('slow'), within(slowMs)],
          ]}
        />
      ))}
    </Lines>
  );
}

/** Lists incidents, newest first. */
export function IncidentList({ incidents }: Pick<Overview, 'incidents'>) {
  const t = useTranslations('integration.incidents');
  const format = useFormatter();
  const language = useLocale();
  if (incidents.length === 0) return <p>{t('none')}</p>;
  const time = (at: Date) => formatDate(at, language, { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <Lines label={t('title')}>
      {incidents.map(({ id, startedAt, endedAt, peopleAffected, revocationsDelayed }) => (
        <Line
          key={id}
          title={time(startedAt)}
          facts={[
            [t('ended'), endedAt ? time(endedAt) : t('open')],
            [t('people'), format.number(peopleAffected)],
            [t('revocations'), format.number(revocationsDelayed)],
          ]}
        />
      ))}
    </Lines>
  );
}

/** Lists how Kuna's answers differ from the contract, most frequent first. */
export function DifferenceList({ differences }: { differences: ContractDifference[] }) {
  const t = useTranslations('integration.contract');
  const format = useFormatter();
  const language = useLocale();
  if (differences.length === 0) return <p>{t('same')}</p>;
  return (
    <>
      <p>{t('changed')}</p>
      <Lines label={t('title')}>
        {differences.map(({ endpoint, kind, key, responses, last }) => (
          <Line
            key={`${endpoint} ${kind} ${key}`}
            title={endpoint}
            facts={[
              [t('kind'), t(`kinds.${kind}`)],
              [t('key'), key || '–'],
              [t('responses'), format.number(responses)],
              [t('last'), formatDate(last, language, { dateStyle: 'medium', timeStyle: 'short' })],
            ]}
          />
        ))}
      </Lines>
    </>
  );
}

function Lines({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="divide-y divide-border text-sm">
      {children}
    </ul>
  );
}

function Line({ title, facts }: { title: string; facts: [name: string, value: string][] }) {
  return (
    <li className="space-y-1 py-3">
      <p className="font-medium [overflow-wrap:anywhere]">{title}</p>
      <dl className="flex flex-wrap gap-x-6 gap-y-1">
        {facts.map(([name, value]) => (
          <div key={name} className="flex flex-wrap gap-x-2">
            <dt className="text-muted-foreground">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
