import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { getFormatter, getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { actOnCustomer } from '@/app/operator/actions';
import { Interruption } from '@/components/interruption';
import { AuditLog } from '@/components/operator/audit-log';
import { ReviewSection } from '@/components/operator/review-section';
import { TooMany } from '@/components/operator/too-many';
import { PageHeading } from '@/components/page-heading';
import { Card, CardTitle } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { readAuditLog } from '@/lib/audit/read';
import { requireOperator } from '@/lib/auth/session';
import type { EndReason } from '@/lib/authorisations/epoch';
import { config } from '@/lib/config/config';
import { OPERATOR_ACTIONS, OPERATOR_REFUSALS } from '@/lib/operator/actions';
import { type CustomerFile, readCustomerFile } from '@/lib/operator/customers';
import { may } from '@/lib/operator/permissions';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('operator'))('customer') };
}

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const OUTCOMES = [...OPERATOR_ACTIONS, ...OPERATOR_REFUSALS, 'failed', 'unconfirmed', 'too-many'] as const;

async function CustomerPage({ params, searchParams }: Props) {
  const { id } = await params;
  const operator = await requireOperator('/operator');
  if (!(await withinLimit(operator))) return <TooMany />;
  if (!z.uuid().safeParse(id).success) notFound();
  const services = await getServices();
  const file = await readCustomerFile(services, id);
  if (!file) notFound();
  await recordShown(services, operator, { object: 'customer', subject: id });
  const { done } = await searchParams;
  const outcome = OUTCOMES.find((known) => known === done);
  const t = await getTranslations('operator');
  return (
    <>
      <PageHeading title={file.email ?? t('noAddress')} intro={t(`states.${file.state}`)} />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        {outcome && (
          <Notice
            tone={OPERATOR_ACTIONS.some((action) => action === outcome) ? 'good' : 'bad'}
            alert
            className="lg:col-span-2"
          >
            <p>{t(`outcomes.${outcome}`)}</p>
          </Notice>
        )}
        <ReviewSection file={file} mayReview={may(operator.role, 'review')} />
        <Facts file={file} />
        <Actions file={file} self={operator.userId === id} />
        <Card aria-labelledby="history" className="lg:col-span-2">
          <CardTitle id="history" className="mb-2">
            {t('history')}
          </CardTitle>
          <AuditLog lines={await readAuditLog(services, { subject: id, limit: 20 })} label={t('history')} />
          <Link href={`/operator/audit?subject=${id}`} prefetch={false} className="text-primary underline">
            {t('wholeHistory')}
          </Link>
        </Card>
      </div>
    </>
  );
}

export default interruptible(CustomerPage, Interruption);

async function Facts({ file }: { file: CustomerFile }) {
  const t = await getTranslations('operator.facts');
  const format = await getFormatter();
  const time = (date: Date | null | undefined) =>
    date ? format.dateTime(date, { dateStyle: 'medium', timeStyle: 'short' }) : null;
  const { authorisation, details } = file;
  const facts: [string, string | null][] = [
    [t('user'), file.userId],
    [t('since'), time(file.createdAt)],
    [t('externalId'), file.externalId],
    [t('customerId'), file.customerId],
    [t('walletId'), file.walletId],
    [t('rejection'), file.rejectionCode],
    ...file.identities.map(({ provider, linkedAt }): [string, string] => [
      t('identity'),
      t('identityOf', { provider: config().oidc?.name ?? provider, when: time(linkedAt) ?? '' }),
    ]),
    [t('sessions'), format.number(file.sessions)],
    [t('lastSeen'), time(file.lastSeenAt)],
    [
      t('kunaSessions'),
      authorisation &&
        t('kunaSessionsOf', {
          state: authorisation.revokedEpoch < authorisation.epoch ? 'waiting' : 'closed',
          epoch: authorisation.epoch,
          revoked: authorisation.revokedEpoch,
        }),
    ],
    [
      t('lastKunaSession'),
      authorisation?.lastReason
        ? `${t(`reasons.${authorisation.lastReason as EndReason}`)}, ${time(authorisation.epochStartedAt)}`
        : null,
    ],
    [
      t('details'),
      details &&
        t('detailsOf', {
          state: details.sentVersion === 0 ? 'unsent' : details.sentVersion < details.version ? 'partly' : 'sent',
          version: details.version,
          sent: details.sentVersion,
        }),
    ],
    [t('consent'), details && `${details.consentVersion}, ${time(details.consentedAt)}`],
  ];
  return (
    <Card aria-labelledby="facts">
      <CardTitle id="facts" className="mb-4">
        {t('title')}
      </CardTitle>
      <dl className="grid grid-cols-1 gap-x-6 gap-y-3 text-sm sm:grid-cols-[10rem_1fr]">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted-foreground">{name}</dt>
              <dd className="[overflow-wrap:anywhere]">{value}</dd>
            </div>
          ))}
      </dl>
    </Card>
  );
}

async function Actions({ file, self }: { file: CustomerFile; self: boolean }) {
  const t = await getTranslations('operator.actions');
  const possible = {
    'cancel-authorisation': file.authorisation !== null,
    'sign-out': file.sessions > 0,
    // Only hides the button: lib/operator/actions.ts refuses to block oneself or another operator.
    block: !file.blocked && !self && !file.deleted,
    unblock: file.blocked,
  };
  return (
    <Card aria-labelledby="actions" className="space-y-5">
      <CardTitle id="actions">{t('title')}</CardTitle>
      {OPERATOR_ACTIONS.filter((action) => possible[action]).map((action) => (
        <form key={action} action={actOnCustomer} className="space-y-1.5">
          <input type="hidden" name="customer" value={file.userId} />
          <input type="hidden" name="action" value={action} />
          <SubmitButton variant="secondary" pendingLabel={t('doing')}>
            {t(`${action}.label`)}
          </SubmitButton>
          <p className="text-muted-foreground text-sm">{t(`${action}.hint`)}</p>
        </form>
      ))}
    </Card>
  );
}
