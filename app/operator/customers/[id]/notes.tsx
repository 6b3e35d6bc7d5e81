import { getLocale, getTranslations } from 'next-intl/server';
import { addCustomerNote } from '@/app/operator/actions';
import { caseLabels } from '@/app/operator/case-form';
import { CaseForm } from '@/components/operator/case-form';
import { Card, CardTitle } from '@/components/ui/card';
import { signInAgainPath } from '@/lib/auth/session';
import { formatDate } from '@/lib/date-format';
import type { Note } from '@/lib/operator/notes';
import { may } from '@/lib/operator/permissions';
import { LONGEST_NOTE, OPERATOR_ACTIONS, REASONS } from '@/lib/operator/reasons';
import type { LiveSession } from '@/lib/sessions/find';

interface Props {
  userId: string;
  notes: Note[];
  names: Map<string, string>;
  operator: LiveSession;
}

/** Shows operators' notes and the reasons of their actions, the newest first. */
export async function Notes({ userId, notes, names, operator }: Props) {
  const t = await getTranslations('support');
  const language = await getLocale();
  return (
    <Card aria-labelledby="notes" className="space-y-4">
      <CardTitle id="notes">{t('notes.title')}</CardTitle>
      {notes.length === 0 && <p className="text-muted-foreground">{t('notes.none')}</p>}
      <ol className="divide-y divide-border empty:hidden">
        {notes.map(({ id, authorId, action, reason, text, createdAt }) => {
          const known = OPERATOR_ACTIONS.find((one) => one === action);
          const why = REASONS.find((one) => one === reason);
          return (
            <li key={id} className="space-y-1 py-3">
              <p className="text-muted-foreground text-sm">
                {t('notes.of', {
                  who: names.get(authorId) ?? authorId,
                  when: formatDate(createdAt, language),
                })}
              </p>
              {known && why && (
                <p className="font-medium">
                  {t('notes.about', { action: t(`act.title.${known}`), reason: t(`act.reasons.${why}`) })}
                </p>
              )}
              {text !== '' && (
                <p className="whitespace-pre-line [overflow-wrap:anywhere]">{text ?? t('notes.unreadable')}</p>
              )}
            </li>
          );
        })}
      </ol>
      {may(operator.role, 'add-note') && (
        <CaseForm
          // A stored note leaves an empty form.
          key={notes[0]?.id}
          action={addCustomerNote}
          labels={await caseLabels(LONGEST_NOTE)}
          about={{ customer: userId }}
          text={{ label: t('notes.label'), hint: t('notes.hint'), longest: LONGEST_NOTE }}
          signInPath={signInAgainPath(`/operator/customers/${userId}`)}
          submit={t('notes.add')}
          variant="secondary"
        />
      )}
    </Card>
  );
}
