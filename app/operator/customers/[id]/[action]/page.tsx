import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { actOnCustomer } from '@/app/operator/actions';
import { caseLabels } from '@/app/operator/case-form';
import { Interruption } from '@/components/interruption';
import { CaseForm } from '@/components/operator/case-form';
import { TooMany } from '@/components/operator/too-many';
import { PageHeading } from '@/components/page-heading';
import { buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { requireOperator, signInAgainPath } from '@/lib/auth/session';
import { needsSecondPerson, PERMISSION_FOR } from '@/lib/operator/actions';
import { findRivals } from '@/lib/operator/at-kuna';
import { readContact } from '@/lib/operator/contact';
import { readCustomerFile } from '@/lib/operator/customers';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { LONGEST_NOTE, OPERATOR_ACTIONS, REASONS_FOR } from '@/lib/operator/reasons';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('support.act'))('page') };
}

/** Asks for the reason of an action, and confirms it. A page of its own, so that it needs no script. */
async function ActionPage({ params }: { params: Promise<{ id: string; action: string }> }) {
  const { id, action: named } = await params;
  const action = OPERATOR_ACTIONS.find((known) => known === named);
  const operator = await requireOperator('/operator', action ? PERMISSION_FOR[action] : undefined);
  if (!(await withinLimit(operator))) return <TooMany />;
  if (!action || !z.uuid().safeParse(id).success) notFound();
  const here = `/operator/customers/${id}/${action}`;
  // Asked for before the operator types, as the action needs it (lib/operator/actions.ts).
  if (!operator.fresh) redirect(signInAgainPath(here));
  const services = await getServices();
  const file = await readCustomerFile(services, id);
  if (!file || file.deleted) notFound();
  await recordShown(services, operator, { object: 'customer', subject: id });
  const t = await getTranslations('support.act');
  const contact = await readContact(services, file);
  const title = t(`title.${action}`);
  const second = needsSecondPerson(action);
  const [rival] = action === 'link-conflict' && file.email ? ((await findRivals(services, file.email)) ?? []) : [];
  return (
    <>
      <PageHeading title={title} intro={t('about', { name: contact.name ?? id })} />
      <Card className="max-w-2xl space-y-5">
        <p>{t(`effect.${action}`)}</p>
        {action === 'link-conflict' && (
          <p className="[overflow-wrap:anywhere]">
            {rival ? t('rival', { id: rival.id, name: [rival.firstName, rival.lastName].join(' ') }) : t('noRival')}
          </p>
        )}
        {second && (
          <Notice>
            <p>{t('secondPerson')}</p>
          </Notice>
        )}
        <CaseForm
          action={actOnCustomer}
          labels={await caseLabels(LONGEST_NOTE)}
          about={{ customer: id, action, ...(rival && { target: rival.id }) }}
          reasons={REASONS_FOR[action].map((code) => ({ code, label: t(`reasons.${code}`) }))}
          text={{ label: t('text'), hint: t('textHint'), longest: LONGEST_NOTE }}
          signInPath={signInAgainPath(here)}
          submit={t(second ? 'ask' : 'confirm', { action: title })}
        >
          <Link href={`/operator/customers/${id}`} prefetch={false} className={buttonStyle({ variant: 'secondary' })}>
            {t('back')}
          </Link>
        </CaseForm>
      </Card>
    </>
  );
}

export default interruptible(ActionPage, Interruption);
