import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { actOnCustomer } from '@/app/operator/actions';
import { caseLabels } from '@/app/operator/case-form';
import { Interruption } from '@/components/interruption';
import { CaseFields, CaseForm } from '@/components/operator/case-form';
import { TooMany } from '@/components/operator/too-many';
import { PageHeading } from '@/components/page-heading';
import { Button, buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { requireOperator, signInAgainPath } from '@/lib/auth/session';
import { needsSecondPerson, PERMISSION_FOR } from '@/lib/operator/actions';
import { findRivals } from '@/lib/operator/at-kuna';
import { readContact } from '@/lib/operator/contact';
import { readCustomerFile } from '@/lib/operator/customers';
import { fullName } from '@/lib/operator/name';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { LONGEST_NOTE, OPERATOR_ACTIONS, type OperatorAction, REASONS_FOR } from '@/lib/operator/reasons';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';
import { takeFlash } from '@/lib/sessions/flash';

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
  const flash = await takeFlash(services, operator, id);
  const missing = (['reason', 'text'] as const).find((field) => field === flash);
  const [rival] = action === 'link-conflict' && file.email ? ((await findRivals(services, file.email)) ?? []) : [];
  return (
    <>
      <PageHeading title={title} intro={t('about', { name: contact.name ?? id })} />
      <Card className="max-w-2xl space-y-5">
        <p>{t(`effect.${action}`)}</p>
        {action === 'link-conflict' && (
          <p className="[overflow-wrap:anywhere]">
            {rival ? t('rival', { id: rival.id, name: fullName(rival) ?? '–' }) : t('noRival')}
          </p>
        )}
        {needsSecondPerson(action) && (
          <Notice>
            <p>{t('secondPerson')}</p>
          </Notice>
        )}
        <ActionForm userId={id} action={action} target={rival?.id} missing={missing} />
      </Card>
    </>
  );
}

export default interruptible(ActionPage, Interruption, 'support.act.page');

interface FormProps {
  userId: string;
  action: OperatorAction;
  /** KunaCore's record to link. */
  target: string | undefined;
  /** What the form lacked when it was sent before. */
  missing: 'reason' | 'text' | undefined;
}

async function ActionForm({ userId, action, target, missing }: FormProps) {
  const t = await getTranslations('support.act');
  const labels = await caseLabels(LONGEST_NOTE);
  const page = `/operator/customers/${userId}`;
  const fields = {
    labels,
    reasons: REASONS_FOR[action].map((code) => ({ code, label: t(`reasons.${code}`) })),
    text: { label: t('text'), hint: t('textHint'), longest: LONGEST_NOTE },
  };
  const submit = t(needsSecondPerson(action) ? 'ask' : 'confirm', { action: t(`title.${action}`) });
  const back = (
    <Link href={page} prefetch={false} className={buttonStyle({ variant: 'secondary' })}>
      {t('back')}
    </Link>
  );
  if (action !== 'export')
    return (
      <CaseForm
        {...{ ...fields, submit }}
        action={actOnCustomer}
        about={{ customer: userId, action, ...(target && { target }) }}
        signInPath={signInAgainPath(`${page}/${action}`)}
      >
        {back}
      </CaseForm>
    );
  // A file comes from a route.
  return (
    <form action={`${page}/data.json`} method="post" className="space-y-5">
      {missing && (
        <Notice tone="bad" alert>
          <p>{labels.problems[missing]}</p>
        </Notice>
      )}
      <CaseFields {...fields} />
      <div className="flex flex-wrap gap-3">
        <Button type="submit">{submit}</Button>
        {back}
      </div>
    </form>
  );
}
