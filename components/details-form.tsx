'use client';

import { BadgeCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { DETAIL_FIELDS, type DetailErrors, type DetailField, type NumberDoubt } from '@/lib/customers/detail-fields';
import type { Country } from '@/lib/i18n/countries';
import { CountryField } from './country-field';
import { loadOrNull } from './load-failures';
import { NumberWarning } from './number-warning';
import { useKeptForm } from './use-kept-form';

type Values = Partial<Record<DetailField, string>> & { consent?: boolean; doubts?: NumberDoubt[] };

/** What came of a save that did not succeed, with everything that was typed. */
export interface DetailsFormState {
  errors?: DetailErrors;
  problem?:
    | 'forbidden'
    | 'signed-out'
    | 'too-many'
    | 'unavailable'
    | 'unconfirmed'
    | 'unreachable'
    | 'outdated'
    | 'numbers';
  values?: Values;
}

interface DetailsFormProps {
  action: (state: DetailsFormState, form: FormData) => Promise<DetailsFormState>;
  initial: Values;
  consented: boolean;
  countries: Country[];
  brandName: string;
  /** Fields that the identity provider filled in, and its name. */
  prefilled: { fields: DetailField[]; provider: string };
  /** Shows nothing until something was sent: for a page that knows nothing of the person right now. */
  onlyWhatWasTyped?: boolean;
}

type Hint = 'oneName' | 'phone' | 'document' | 'tax' | 'address';

const TEXT_FIELDS: Record<Exclude<DetailField, 'country'>, { autoComplete: string; hint?: Hint; type?: string }> = {
  firstName: { autoComplete: 'given-name' },
  lastName: { autoComplete: 'family-name', hint: 'oneName' },
  phoneNumber: { autoComplete: 'tel', hint: 'phone', type: 'tel' },
  documentNumber: { autoComplete: 'off', hint: 'document' },
  taxNumber: { autoComplete: 'off', hint: 'tax' },
  residenceAddress: { autoComplete: 'street-address', hint: 'address' },
};

/**
 * Verification details and consent. Works without script. The fields keep their own values, whoever set them; React
 * gives them their first ones only.
 */
export function DetailsForm({
  action,
  initial,
  consented,
  countries,
  brandName,
  prefilled,
  onlyWhatWasTyped,
}: DetailsFormProps) {
  const t = useTranslations('details');
  const { found, check } = useRules();
  const { posted, state, pending, formProps } = useKeptForm(action, {
    onFailure: (problem): DetailsFormState => ({ problem }),
    mayBeSent: check,
    // What was posted is found again wherever the form stands on the page.
    address: '/account/details',
  });
  const [values] = useState<Values>(posted.values ?? { ...initial, consent: consented });
  const { form, shown, look } = useShownValues(values);
  const country = countries.find(({ code }) => code === shown.country);
  const mark = (field: DetailField) =>
    !posted.values && prefilled.fields.includes(field) ? <FromProvider name={prefilled.provider} /> : undefined;
  const errors = found ?? state.errors ?? {};
  const hasErrors = Object.keys(errors).length > 0;
  const summary = useFocusOn(found ?? state);
  const message = (field: DetailField | 'consent') => {
    const key = errors[field];
    return key ? t(`errors.${key}`, { field: field === 'consent' ? '' : t(field) }) : undefined;
  };
  if (onlyWhatWasTyped && !state.values) return null;
  return (
    <form ref={form} onInput={look} onFocus={look} onBlur={look} {...formProps} className="space-y-5">
      <div ref={summary} tabIndex={-1} className="space-y-5 outline-none empty:hidden">
        {state.problem && state.problem !== 'numbers' && !hasErrors && (
          <Notice tone="bad" alert>
            <p>{t(`problems.${state.problem}`)}</p>
          </Notice>
        )}
        {hasErrors && <ErrorSummary errors={errors} message={message} />}
        <NumberWarning doubts={state.values?.doubts} />
      </div>
      {DETAIL_FIELDS.map((field) =>
        field === 'country' ? (
          <CountryField
            key={field}
            countries={countries}
            initial={values.country ?? ''}
            onChoose={look}
            error={message(field)}
            mark={shown.country === values.country ? mark(field) : undefined}
          />
        ) : (
          <DetailInput
            key={field}
            field={field}
            value={values[field]}
            error={message(field)}
            mark={field === 'phoneNumber' && shown.phoneNumber !== values.phoneNumber ? undefined : mark(field)}
            country={country}
            note={field === 'phoneNumber' && <PhoneReading typed={shown.phoneNumber} country={country} />}
            readOnly={pending}
          />
        ),
      )}
      <Consent checked={values.consent ?? false} error={message('consent')} brandName={brandName} />
      <Button type="submit" width="full" aria-disabled={pending}>
        {t(pending ? 'saving' : 'save')}
      </Button>
    </form>
  );
}

/**
 * Country and phone number as they stand in the page. Autofill, extensions and a choice made before the scripts ran
 * cause no event, so the page is asked whenever something happens in the form.
 */
function useShownValues(values: Values) {
  const form = useRef<HTMLFormElement>(null);
  const [shown, setShown] = useState({ country: values.country ?? '', phoneNumber: values.phoneNumber ?? '' });
  const look = () => {
    if (!form.current) return;
    const data = new FormData(form.current);
    const now = { country: String(data.get('country') ?? ''), phoneNumber: String(data.get('phoneNumber') ?? '') };
    setShown((before) => (before.country === now.country && before.phoneNumber === now.phoneNumber ? before : now));
  };
  useEffect(look, []);
  return { form, shown, look };
}

interface DetailInputProps {
  field: keyof typeof TEXT_FIELDS;
  value?: string;
  error?: string;
  mark?: ReactNode;
  country: Country | undefined;
  note?: ReactNode;
  /** While what is shown is being sent. */
  readOnly: boolean;
}

function DetailInput({ field, value, error, mark, country, note, readOnly }: DetailInputProps) {
  const t = useTranslations('details');
  const { hint, ...attributes } = TEXT_FIELDS[field];
  const optional = field === 'phoneNumber' || field === 'taxNumber';
  return (
    <TextField
      id={field}
      name={field}
      label={t(field)}
      hint={
        hint && (
          <>
            {hintFor(t, hint, country)}
            {note}
          </>
        )
      }
      error={error}
      mark={mark}
      defaultValue={value}
      required={!optional}
      readOnly={readOnly}
      {...attributes}
    />
  );
}

/** What the document or the number is called in the chosen country, where we know it. */
function hintFor(t: ReturnType<typeof useTranslations<'details'>>, hint: Hint, country: Country | undefined): string {
  if (hint === 'phone') return t('hints.phone', { example: country?.phoneExample || '+380 50 123 4567' });
  const own = `hints.${hint}By.${country?.code}` as 'hints.document';
  return country && hint !== 'address' && t.has(own) ? t(own) : t(`hints.${hint}`);
}

/**
 * How a number without a country code is read in the chosen country. The field itself keeps what was typed: which
 * country it belongs to may still change. The rules for numbers are loaded when they are first needed.
 */
function PhoneReading({ typed, country }: { typed: string; country: Country | undefined }) {
  const t = useTranslations('details');
  const [reading, setReading] = useState({ typed: '', code: '', number: '' });
  const code = country?.code ?? '';
  useEffect(() => {
    let current = true;
    const read = async () => {
      const rules = isNational(typed) && code ? await loadOrNull(() => import('@/lib/customers/phone')) : null;
      if (current) setReading({ typed, code, number: rules?.readPhone(typed, code)?.formatInternational() ?? '' });
    };
    void read();
    return () => {
      current = false;
    };
  }, [typed, code]);
  const isOfNow = reading.typed === typed && reading.code === code;
  return (
    <span aria-live="polite" className="mt-1 block font-medium text-foreground empty:hidden">
      {country && isOfNow && reading.number && t('readAs', { number: reading.number, country: country.name })}
    </span>
  );
}

/** Enough digits for a number, and no country code in front. */
function isNational(typed: string): boolean {
  return typed.replace(/\D/g, '').length >= 5 && !/^\s*(\+|00)/.test(typed);
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

function ErrorSummary({
  errors,
  message,
}: {
  errors: DetailErrors;
  message: (field: DetailField | 'consent') => string | undefined;
}) {
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

/**
 * With script: applies the action's own rules before anything is sent. They are loaded when they are first needed;
 * without them the action alone checks.
 */
function useRules() {
  const [found, setFound] = useState<DetailErrors | null>(null);
  const check = async (form: HTMLFormElement) => {
    const rules = await loadOrNull(() => import('@/lib/customers/details-schema'));
    const parsed = rules?.parseDetails(new FormData(form));
    const errors = parsed && 'errors' in parsed ? parsed.errors : null;
    setFound(errors);
    return !errors;
  };
  return { found, check };
}

/**
 * Moves the focus to what was found wrong, so that it is read and seen. On a page that came with it, whoever began to
 * type before the scripts ran keeps the focus.
 */
function useFocusOn(outcome: DetailErrors | DetailsFormState) {
  const element = useRef<HTMLDivElement>(null);
  const cameWithPage = useRef(true);
  useEffect(() => {
    const isTyping = cameWithPage.current && document.activeElement !== document.body;
    cameWithPage.current = false;
    if (Object.keys(outcome).length > 0 && !isTyping) element.current?.focus();
  }, [outcome]);
  return element;
}
