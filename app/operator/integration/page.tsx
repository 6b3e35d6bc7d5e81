import { getFormatter, getLocale, getTranslations } from 'next-intl/server';
import { Interruption } from '@/components/interruption';
import { type Fact, FactList } from '@/components/operator/fact-list';
import { LastAuditCheck } from '@/components/operator/last-audit-check';
import { TooMany } from '@/components/operator/too-many';
import { PageHeading } from '@/components/page-heading';
import { buttonStyle } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { requireOperator } from '@/lib/auth/session';
import { formatDate } from '@/lib/date-format';
import { MOST_PENDING, type Overview, readOverview } from '@/lib/integration/overview';
import { withinLimit } from '@/lib/operator/read';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';
import { DifferenceList, EndpointList, IncidentList } from './lists';

async function IntegrationPage() {
  const operator = await requireOperator('/operator/integration', 'read-integration');
  if (!(await withinLimit(operator))) return <TooMany />;
  const overview = await readOverview(await getServices());
  const t = await getTranslations('integration');
  const language = await getLocale();
  return (
    <>
      <PageHeading
        title={t('title')}
        intro={t('intro', { time: formatDate(new Date(), language, { timeStyle: 'medium' }) })}
      />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <Notice tone={TONES[overview.kunacore]} className="lg:col-span-2">
          <p>{t(`kuna.states.${overview.kunacore}`)}</p>
        </Notice>
        <Kuna overview={overview} />
        <Work overview={overview} />
        <Card aria-labelledby="endpoints" className="lg:col-span-2">
          <CardTitle id="endpoints" className="mb-4">
            {t('endpoints.title')}
          </CardTitle>
          <EndpointList endpoints={overview.endpoints} />
        </Card>
        <Contract contract={overview.contract} />
        <Card aria-labelledby="incidents" className="space-y-4 lg:col-span-2">
          <CardTitle id="incidents">{t('incidents.title')}</CardTitle>
          <p className="text-muted-foreground">{t('incidents.intro')}</p>
          <IncidentList incidents={overview.incidents} />
          <a href="/operator/integration/incidents.csv" download className={buttonStyle({ variant: 'secondary' })}>
            {t('incidents.download')}
          </a>
        </Card>
        <Card aria-labelledby="audit" className="lg:col-span-2">
          <CardTitle id="audit" className="mb-4">
            {t('audit.title')}
          </CardTitle>
          <LastAuditCheck check={overview.auditCheck} />
        </Card>
      </div>
    </>
  );
}

export default interruptible(IntegrationPage, Interruption, 'integration.title');

const TONES = { reachable: 'good', unreachable: 'bad', unknown: 'info' } as const;

async function Kuna({ overview: { all, circuits } }: { overview: Overview }) {
  const t = await getTranslations('integration.kuna');
  const format = await getFormatter();
  const language = await getLocale();
  const within = (ms: number | null) => (ms === null ? null : t('ms', { ms }));
  const facts: Fact[] = [
    [t('lastAnswered'), all.lastAnswered && formatDate(all.lastAnswered, language, { timeStyle: 'short' })],
    [t('calls'), format.number(all.calls)],
    [t('failed'), all.calls > 0 && t('failedOf', { failed: all.failed, rate: all.failed / all.calls })],
    [t('median'), within(all.medianMs)],
    [t('slow'), within(all.slowMs)],
    [t('circuits'), circuits.join(', ') || t('noCircuits')],
  ];
  return (
    <Card aria-labelledby="kuna">
      <CardTitle id="kuna" className="mb-4">
        {t('title')}
      </CardTitle>
      <FactList facts={facts} />
    </Card>
  );
}

async function Contract({ contract }: Pick<Overview, 'contract'>) {
  if (!contract) return null;
  const t = await getTranslations('integration.contract');
  const checked = formatDate(contract.checkedAt, await getLocale(), { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <Card aria-labelledby="contract" className="space-y-4 lg:col-span-2">
      <CardTitle id="contract">{t('title')}</CardTitle>
      <FactList
        facts={[
          [t('host'), contract.host],
          [t('checked'), checked],
        ]}
      />
      <DifferenceList differences={contract.differences} />
    </Card>
  );
}

async function Work({ overview: { revocations, customers, lastRound } }: { overview: Overview }) {
  const t = await getTranslations('integration.work');
  const format = await getFormatter();
  const language = await getLocale();
  const seconds = revocations.oldestSeconds;
  const now = new Date();
  const shown = (count: number, more: boolean) =>
    more ? t('atLeast', { count: format.number(count) }) : format.number(count);
  const ofCustomers = (count: number) => shown(count, customers.more);
  const facts: Fact[] = [
    [t('revocations'), shown(Math.min(revocations.count, MOST_PENDING), revocations.count > MOST_PENDING)],
    [t('oldest'), seconds !== null && format.relativeTime(new Date(now.getTime() - seconds * 1000), now)],
    [t('creates'), ofCustomers(customers.creates)],
    [t('updates'), ofCustomers(customers.updates)],
    [t('wallets'), ofCustomers(customers.walletChanges)],
    [t('verifications'), ofCustomers(customers.verifications)],
    [t('round'), lastRound ? formatDate(lastRound, language, { timeStyle: 'medium' }) : t('noRound')],
  ];
  return (
    <Card aria-labelledby="work">
      <CardTitle id="work" className="mb-4">
        {t('title')}
      </CardTitle>
      <FactList facts={facts} />
    </Card>
  );
}
