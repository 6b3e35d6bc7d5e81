import { useLocale, useTranslations } from 'next-intl';
import { Card, CardTitle } from '@/components/ui/card';
import { DETAIL_FIELDS, type DetailField, type FieldSource } from '@/lib/customers/detail-fields';
import { formatDate } from '@/lib/date-format';
import type { ReviewFile } from '@/lib/operator/review';

/** Shows details that wait for review: each field with its source, and what it changes. */
export function DetailsInReview({ file }: { file: ReviewFile }) {
  const t = useTranslations('review');
  const label = useTranslations('details');
  const language = useLocale();
  const countries = new Intl.DisplayNames([useLocale()], { type: 'region' });
  const shown = (field: DetailField, value: string) =>
    (field === 'country' && value ? countries.of(value) : value) || t('empty');
  const time = (date: Date) => formatDate(date, language);
  const { details, sources, accepted, acceptances, needed, consentVersion, consentedAt, since } = file;
  return (
    <Card aria-labelledby="details-in-review" className="space-y-4">
      <CardTitle id="details-in-review">{t('details')}</CardTitle>
      <p className="text-muted-foreground text-sm">
        {t('since', { when: time(since) })} · {t('accepted', { accepted: acceptances, needed })}
      </p>
      <dl className="grid grid-cols-1 gap-x-6 gap-y-3 text-sm sm:grid-cols-[10rem_1fr]">
        {DETAIL_FIELDS.map((field) => (
          <div key={field} className="sm:contents">
            <dt className="text-muted-foreground">{label(field)}</dt>
            <dd className="[overflow-wrap:anywhere]">
              <span className="font-medium">{shown(field, details[field])}</span>
              <Source source={sources[field]} isGiven={details[field] !== ''} />
              {accepted && accepted[field] !== details[field] && (
                <p className="text-warning">{t('before', { value: shown(field, accepted[field]) })}</p>
              )}
            </dd>
          </div>
        ))}
        <div className="sm:contents">
          <dt className="text-muted-foreground">{t('consent')}</dt>
          <dd>{t('consented', { version: consentVersion, when: time(consentedAt) })}</dd>
        </div>
      </dl>
    </Card>
  );
}

function Source({ source, isGiven }: { source: FieldSource | undefined; isGiven: boolean }) {
  const t = useTranslations('review');
  const language = useLocale();
  if (!isGiven) return null;
  const when = source?.verifiedAt ? formatDate(source.verifiedAt, language, { dateStyle: 'medium' }) : null;
  return (
    <p className="text-muted-foreground">
      {!source && t('typed')}
      {source && (when ? t('verified', { source: source.from, when }) : t('verifiedBy', { source: source.from }))}
    </p>
  );
}
