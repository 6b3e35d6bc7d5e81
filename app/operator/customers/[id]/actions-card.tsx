import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { decideRequest } from '@/app/operator/actions';
import { buttonStyle } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { SubmitButton } from '@/components/ui/submit-button';
import { formatDate } from '@/lib/date-format';
import { PERMISSION_FOR } from '@/lib/operator/actions';
import type { Approval } from '@/lib/operator/approvals';
import type { CustomerFile } from '@/lib/operator/customers';
import { may } from '@/lib/operator/permissions';
import { OPERATOR_ACTIONS } from '@/lib/operator/reasons';
import type { LiveSession } from '@/lib/sessions/find';

/** Links to the actions that this role has and this customer needs. lib/operator/actions.ts checks each again. */
export async function ActionsCard({ file, operator }: { file: CustomerFile; operator: LiveSession }) {
  const t = await getTranslations('support');
  const self = operator.userId === file.userId;
  const possible = {
    'cancel-authorisation': file.authorisation !== null,
    'sign-out': file.devices.length > 0,
    'ask-again': file.state === 'conflict' || file.rejectionCode !== null,
    'link-conflict': file.state === 'conflict',
    'dismiss-conflict': file.state === 'conflict',
    export: true,
    block: !file.blocked && !self,
    unblock: file.blocked,
    delete: !self,
  };
  const actions = OPERATOR_ACTIONS.filter(
    (action) => possible[action] && !file.deleted && may(operator.role, PERMISSION_FOR[action]),
  );
  return (
    <Card aria-labelledby="actions" className="space-y-4">
      <CardTitle id="actions">{t('actions.title')}</CardTitle>
      {actions.length === 0 ? (
        <p className="text-muted-foreground">{t('actions.none')}</p>
      ) : (
        <ul className="space-y-3">
          {actions.map((action) => (
            <li key={action}>
              <Link
                href={`/operator/customers/${file.userId}/${action}`}
                prefetch={false}
                className={buttonStyle({ variant: 'secondary', width: 'full' })}
              >
                {t(`act.title.${action}`)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

interface ApprovalsProps {
  approvals: Approval[];
  operator: LiveSession;
  names: Map<string, string>;
}

/** Shows the requests that wait for a second person, with the decision for those who may take it. */
export async function ApprovalsCard({ approvals, operator, names }: ApprovalsProps) {
  if (approvals.length === 0) return null;
  const t = await getTranslations('support');
  const language = await getLocale();
  return (
    <Card aria-labelledby="approvals" className="space-y-4 lg:col-span-2">
      <CardTitle id="approvals">{t('approvals.title')}</CardTitle>
      {approvals.map(({ id, userId, action, requestedBy, reason, expiresAt }) => {
        const isOwn = requestedBy === operator.userId;
        const title = t(`act.title.${action}`);
        return (
          <form key={id} action={decideRequest} className="space-y-3">
            <input type="hidden" name="customer" value={userId} />
            <input type="hidden" name="approval" value={id} />
            <p>
              {t('approvals.line', {
                who: names.get(requestedBy) ?? requestedBy,
                action: title,
                reason: t(`act.reasons.${reason}`),
                until: formatDate(expiresAt, language),
              })}
            </p>
            {isOwn && <p className="text-muted-foreground">{t('approvals.own')}</p>}
            {may(operator.role, PERMISSION_FOR[action]) && (
              <div className="flex flex-wrap gap-3">
                {!isOwn && (
                  <SubmitButton name="decision" value="confirm" pendingLabel={t('act.doing')}>
                    {t('approvals.confirm', { action: title })}
                  </SubmitButton>
                )}
                <SubmitButton name="decision" value="refuse" variant="secondary" pendingLabel={t('act.doing')}>
                  {t(isOwn ? 'approvals.withdraw' : 'approvals.refuse')}
                </SubmitButton>
              </div>
            )}
          </form>
        );
      })}
    </Card>
  );
}
