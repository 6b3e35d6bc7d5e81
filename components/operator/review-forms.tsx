import { useTranslations } from 'next-intl';
import { Card, CardTitle } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { LONGEST_RETURN_TEXT, RETURN_REASONS } from '@/lib/customers/return-reasons';
import type { ReviewFile } from '@/lib/operator/review';
import { type CaseAction, CaseForm, type CaseLabels } from './case-form';

interface ReviewFormsProps {
  file: ReviewFile;
  acceptAction: (form: FormData) => Promise<void>;
  returnAction: CaseAction;
  labels: CaseLabels;
  /** Leads through a new sign-in. */
  signInPath: string;
}

/** Lets an operator accept details, or return them with a reason. Plain forms, which work without script. */
export function ReviewForms({ file, acceptAction, returnAction, labels, signInPath }: ReviewFormsProps) {
  const t = useTranslations('review');
  const isLast = file.acceptances + 1 >= file.needed;
  if (file.own) {
    return (
      <Notice tone="warn">
        <p>{t('own')}</p>
      </Notice>
    );
  }
  return (
    <div className="space-y-6">
      {file.byThisOperator ? (
        <Notice>
          <p>{t('byYou')}</p>
        </Notice>
      ) : (
        <Card aria-labelledby="accept" className="space-y-3">
          <CardTitle id="accept">{t('accept.title')}</CardTitle>
          <p className="text-muted-foreground text-sm">{t(isLast ? 'accept.hint' : 'accept.hintFirst')}</p>
          <form action={acceptAction}>
            {Object.entries(aboutOf(file)).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
            <SubmitButton pendingLabel={t('doing')}>{t('accept.submit')}</SubmitButton>
          </form>
        </Card>
      )}
      <Card aria-labelledby="return" className="space-y-3">
        <CardTitle id="return">{t('return.title')}</CardTitle>
        <p className="text-muted-foreground text-sm">{t('return.hint')}</p>
        <CaseForm
          action={returnAction}
          labels={labels}
          about={aboutOf(file)}
          reasons={RETURN_REASONS.map((code) => ({ code, label: t(`reasons.${code}`) }))}
          text={{ label: t('return.note'), hint: t('return.noteHint'), longest: LONGEST_RETURN_TEXT }}
          signInPath={signInPath}
          submit={t('return.submit')}
          variant="secondary"
        />
      </Card>
    </div>
  );
}

/** Names what the operator saw: a version that changes meanwhile is not accepted. */
function aboutOf({ userId, version }: ReviewFile) {
  return { customer: userId, version };
}
