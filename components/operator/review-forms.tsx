import { useTranslations } from 'next-intl';
import { Card, CardTitle } from '@/components/ui/card';
import { SelectField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { LONGEST_RETURN_TEXT, RETURN_REASONS } from '@/lib/customers/return-reasons';
import type { ReviewFile } from '@/lib/operator/review';

interface ReviewFormsProps {
  file: ReviewFile;
  action: (form: FormData) => Promise<void>;
}

/** Lets an operator accept details, or return them with a reason. Plain forms, which work without script. */
export function ReviewForms({ file, action }: ReviewFormsProps) {
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
          <form action={action}>
            <Reviewed file={file} decision="accept" />
            <SubmitButton pendingLabel={t('doing')}>{t('accept.submit')}</SubmitButton>
          </form>
        </Card>
      )}
      <Card aria-labelledby="return" className="space-y-3">
        <CardTitle id="return">{t('return.title')}</CardTitle>
        <p className="text-muted-foreground text-sm">{t('return.hint')}</p>
        <form action={action} className="space-y-4">
          <Reviewed file={file} decision="return" />
          <SelectField id="reason" name="reason" label={t('return.reason')}>
            {RETURN_REASONS.map((reason) => (
              <option key={reason} value={reason}>
                {t(`reasons.${reason}`)}
              </option>
            ))}
          </SelectField>
          <div className="space-y-1.5">
            <label htmlFor="note" className="block font-medium">
              {t('return.note')}
            </label>
            <textarea
              id="note"
              name="note"
              rows={3}
              maxLength={LONGEST_RETURN_TEXT}
              autoComplete="off"
              aria-describedby="note-hint"
              className="field-control"
            />
            <p id="note-hint" className="field-hint">
              {t('return.noteHint')}
            </p>
          </div>
          <SubmitButton variant="secondary" pendingLabel={t('doing')}>
            {t('return.submit')}
          </SubmitButton>
        </form>
      </Card>
    </div>
  );
}

/** Names what the operator saw: a version that changes meanwhile is not accepted. */
function Reviewed({ file, decision }: { file: ReviewFile; decision: 'accept' | 'return' }) {
  return (
    <>
      <input type="hidden" name="customer" value={file.userId} />
      <input type="hidden" name="version" value={file.version} />
      <input type="hidden" name="decision" value={decision} />
    </>
  );
}
