'use client';

import { BadgeCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { brand } from '@/lib/brand/brand';
import { DETAIL_FIELDS, type DetailErrors, type DetailField } from '@/lib/customers/detail-fields';
import type { Settled } from '@/lib/customers/details-schema';
import { unpackCountries, withFirst } from '@/lib/i18n/packed-countries';
import { CountryField } from './country-field';
import { DetailInput } from './detail-input';
import { NumberWarning } from './number-warning';
import { type DetailsAction, type DetailValues, useDetailsForm } from './use-details-form';
import { usePhoneExample } from './use-phone-example';

export type { DetailsFormState } from './use-details-form';

interface DetailsFormProps {
  action: DetailsAction;
  initial: DetailValues;
  /** All countries, packed. */
  countries: string;
  brandName: string;
  /** Fields that the identity provider filled in, and its name. */
  prefilled: { fields: DetailField[]; provider: string };
  settled: Settled;
  /** A digest of what the page shows as verified. */
  shownDigest: string;
  /** The person is on the way to buying, so that saving leads to the widget. */
  isBuying?: boolean;
  /** KunaCore gets a change of what it has, not a new customer. */
  isEdit?: boolean;
  /** Shows the form only after a submission, and with its fields: for a page without the stored details. */
  onlyAfterSubmit?: boolean;
}

type Message = (field: DetailField | 'consent') => string | undefined;

/** Renders verification details and consent. Works without script. The fields are uncontrolled, for autofill. */
export function DetailsForm({
  action,
  initial,
  countries: packed,
  brandName,
  prefilled,
  settled,
  shownDigest,
  isBuying,
  isEdit,
  onlyAfterSubmit,
}: DetailsFormProps) {
  const t = useTranslations('details');
  const { posted, state, pending, values, shown, readValues, errors, summary, formProps } = useDetailsForm(
    action,
    initial,
    settled,
  );
  // The ones that most people choose, so that they need not search the list.
  const countries = useMemo(
    () => withFirst(unpackCountries(packed), [initial.country, brand.country]),
    [packed, initial.country],
  );
  const country = countries.find(({ code }) => code === shown.country);
  const phoneExample = usePhoneExample(shown.country ?? '', values);
  const hasErrors = Object.keys(errors).length > 0;
  const message: Message = (field) => {
    const key = errors[field];
    return key ? t(`errors.${key}`, { field: field === 'consent' ? '' : t(field) }) : undefined;
  };
  const mark = (field: DetailField) => {
    const isUnchanged = shown[field] === undefined || shown[field] === values[field];
    const isPrefilled = !posted.values && isUnchanged && prefilled.fields.includes(field);
    return isPrefilled ? <FromProvider name={prefilled.provider} /> : undefined;
  };
  const isAsked = (field: DetailField) =>
    onlyAfterSubmit ? state.values?.[field] !== undefined : settled.values[field] === undefined;
  const asked = DETAIL_FIELDS.filter(isAsked);
  if (onlyAfterSubmit && !state.values) return null;
  return (
    <form {...formProps} className="space-y-5">
      <div ref={summary} tabIndex={-1} className="space-y-5 outline-none empty:hidden">
        {state.problem && state.problem !== 'numbers' && !hasErrors && (
          <Notice tone="bad" alert>
            <p>{t(`problems.${state.problem}`)}</p>
          </Notice>
        )}
        {hasErrors && <ErrorSummary errors={errors} message={message} />}
        <NumberWarning doubts={state.values?.doubts} />
      </div>
      <input type="hidden" name="shown" value={onlyAfterSubmit ? state.values?.shown : shownDigest} />
      {(isBuying || values.isBuying) && <input type="hidden" name="then" value="buy" />}
      {asked.map((field) =>
        field === 'country' ? (
          <CountryField
            key={field}
            countries={countries}
            initial={values.country ?? ''}
            onChoose={readValues}
            error={message(field)}
            mark={mark(field)}
          />
        ) : (
          <DetailInput
            key={field}
            field={field}
            defaultValue={values[field]}
            error={message(field)}
            mark={mark(field)}
            country={country}
            phone={shown.phoneNumber ?? ''}
            phoneExample={phoneExample}
            readOnly={pending}
          />
        ),
      )}
      {!settled.agreed && (
        <Consent checked={values.consent ?? false} error={message('consent')} brandName={brandName} />
      )}
      <Button type="submit" width="full" variant={isEdit ? 'secondary' : 'primary'} aria-disabled={pending}>
        {t(pending ? 'saving' : asked.length === 0 ? 'continue' : isEdit ? 'saveChanges' : 'save')}
      </Button>
    </form>
  );
}

function FromProvider({ name }: { name: string }) {
  const t = useTranslations('details');
  return (
    <span className="inline-flex items-center gap-1 text-success text-sm">
      <BadgeCheck aria-hidden className="size-4" />
      {t('fromProvider', { provider: name })}
    </span>
  );
}

function Consent({ checked, error, brandName }: { checked: boolean; error?: string; brandName: string }) {
  const t = useTranslations('details');
  return (
    <div className="space-y-1.5">
      <div className="flex gap-3">
        <input
          id="consent"
          name="consent"
          type="checkbox"
          value="agreed"
          required
          defaultChecked={checked}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? 'consent-error' : undefined}
          className="mt-0.5 size-6 shrink-0 accent-primary"
        />
        <label htmlFor="consent">{t('consent', { brand: brandName })}</label>
      </div>
      {error && (
        <p id="consent-error" className="font-medium text-destructive text-sm">
          {error}
        </p>
      )}
    </div>
  );
}

function ErrorSummary({ errors, message }: { errors: DetailErrors; message: Message }) {
  const t = useTranslations('details');
  const fields = ([...DETAIL_FIELDS, 'consent'] as const).filter((field) => errors[field]);
  return (
    <Notice tone="bad" title={t('summary', { count: fields.length })} alert>
      <ul className="list-disc pl-5">
        {fields.map((field) => (
          <li key={field}>
            <a href={`#${field}`} className="underline">
              {message(field)}
            </a>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
