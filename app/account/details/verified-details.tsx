import { BadgeCheck } from 'lucide-react';
import { getLocale, getTranslations } from 'next-intl/server';
import { Button } from '@/components/ui/button';
import { Disclosure } from '@/components/ui/disclosure';
import { brand } from '@/lib/brand/brand';
import { DETAIL_FIELDS } from '@/lib/customers/detail-fields';
import { formatDate } from '@/lib/date-format';
import type { Known } from '@/lib/kyc/look-up';

/** Shows the verified fields, who verified each and when, and a way to report a wrong one. Needs no script. */
export async function VerifiedDetails({ verified, sources }: Pick<Known, 'verified' | 'sources'>) {
  const [t, field, locale] = await Promise.all([getTranslations('kyc'), getTranslations('details'), getLocale()]);
  const fields = DETAIL_FIELDS.filter((name) => verified[name]);
  const country = new Intl.DisplayNames([locale], { type: 'region' });
  return (
    <>
      <dl className="space-y-4">
        {fields.map((name) => {
          const { from = '', verifiedAt = null } = sources[name] ?? {};
          const on = verifiedAt && formatDate(verifiedAt, locale, { dateStyle: 'long' });
          return (
            <div key={name}>
              <dt className="text-muted-foreground text-sm">{field(name)}</dt>
              <dd className="font-medium [overflow-wrap:anywhere]">
                {name === 'country' ? country.of(verified[name] ?? '') : verified[name]}
              </dd>
              <dd className="inline-flex items-center gap-1 text-sm text-success">
                <BadgeCheck aria-hidden className="size-4 shrink-0" />
                {on ? t('verifiedOn', { from, on }) : t('verified', { from })}
              </dd>
            </div>
          );
        })}
      </dl>
      <Disclosure summary={t('wrong')}>
        <form action="/account/details/report" method="post" className="space-y-4">
          <p className="text-muted-foreground text-sm">{t('wrongHint', { brand: brand.name })}</p>
          <fieldset className="space-y-2">
            <legend className="font-medium">{t('whichField')}</legend>
            {fields.map((name, index) => (
              <label key={name} className="flex min-h-11 items-center gap-3">
                <input
                  type="radio"
                  name="field"
                  value={name}
                  defaultChecked={index === 0}
                  className="size-5 shrink-0 accent-primary"
                />
                {field(name)}
              </label>
            ))}
          </fieldset>
          <Button type="submit" variant="secondary">
            {t('report')}
          </Button>
        </form>
      </Disclosure>
    </>
  );
}
