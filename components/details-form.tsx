'use client';

import { BadgeCheck } from 'lucide-react';
import { unstable_isUnrecognizedActionError as isOfAnotherBuild } from 'next/navigation';
import { useTranslations } from 'next-intl';
import {
  type FocusEvent,
  type FormEvent,
  type ReactNode,
  startTransition,
  useActionState,
  useEffect,
  useRef,
  useState,
} from 'react';
import {
  DETAIL_FIELDS,
  type DetailErrors,
  type DetailField,
  LIMITS,
  type NumberDoubt,
} from '@/lib/customers/detail-fields';
import type { Country } from '@/lib/i18n/countries';
import { CountryField } from './country-field';
import { NumberWarning } from './number-warning';
import { Button } from './ui/button';
import { TextField } from './ui/field';
import { Notice } from './ui/notice';

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

const TEXT_FIELDS: Record<
  Exclude<DetailField, 'country'>,
  { autoComplete: string; longest: number; hint?: Hint; type?: string }
> = {
  firstName: { autoComplete: 'given-name', longest: LIMITS.name },
  lastName: { autoComplete: 'family-name', longest: LIMITS.name, hint: 'oneName' },
  phoneNumber: { autoComplete: 'tel', longest: LIMITS.phone, hint: 'phone', type: 'tel' },
  documentNumber: { autoComplete: 'off', longest: LIMITS.number, hint: 'document' },
  taxNumber: { autoComplete: 'off', longest: LIMITS.number, hint: 'tax' },
  residenceAddress: { autoComplete: 'street-address', longest: LIMITS.address, hint: 'address' },
};

/** Verification details and consent. Works without script; what was typed survives every error. */
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
  // By its address, so that what was posted is found again wherever the form stands on the page.
  const [posted, post] = useActionState(action, {}, '/account/details');
  const [state, send, pending] = useActionState(keepingWhatWasTyped(action), posted);
  const { found, check } = useCheckBeforeSending(send, pending);
  const values = state.values ?? { ...initial, consent: consented };
  const [chosen, setChosen] = useState<{ country: string } | null>(null);
  const country = countries.find(({ code }) => code === (chosen?.country ?? values.country));
  const mark = (field: DetailField) =>
    !state.values && prefilled.fields.includes(field) ? <FromProvider name={prefilled.provider} /> : undefined;
  const errors = found ?? state.errors ?? {};
  const hasErrors = Object.keys(errors).length > 0;
  const summary = useFocusOn(found ?? state);
  const message = (field: DetailField | 'consent') => {
    const key = errors[field];
    return key ? t(`errors.${key}`, { field: field === 'consent' ? '' : t(field) }) : undefined;
  };
  if (onlyWhatWasTyped && !state.values) return null;
  return (
    // Without script the form is posted; with it, `check` sends.
    <form action={post} onSubmit={check} noValidate className="space-y-5">
      <div ref={summary} tabIndex={-1} className="space-y-5 outline-none empty:hidden">
        {state.problem && state.problem !== 'numbers' && !hasErrors && (
          <Notice tone="bad" alert>
            <p>{t(`problems.${state.problem}`)}</p>
          </Notice>
        )}
        {hasErrors && <ErrorSummary errors={errors} message={message} />}
        <NumberWarning doubts={values.doubts} />
      </div>
      {DETAIL_FIELDS.map((field) =>
        field === 'country' ? (
          <CountryField
            key={field}
            countries={countries}
            value={country?.code ?? ''}
            onChange={(code) => setChosen({ country: code })}
            error={message(field)}
            mark={chosen ? undefined : mark(field)}
          />
        ) : (
          <DetailInput
            key={field}
            field={field}
            value={values[field]}
            error={message(field)}
            mark={mark(field)}
            country={country}
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

/** A save that never reached the portal says so, where the error page would throw away what was typed. */
function keepingWhatWasTyped(action: DetailsFormProps['action']): DetailsFormProps['action'] {
  return async (state, form) => {
    try {
      return await action(state, form);
    } catch (error) {
      if (isOfAnotherBuild(error)) return { problem: 'outdated' };
      // What fetch throws when there is no connection.
      if (error instanceof TypeError) return { problem: 'unreachable' };
      throw error;
    }
  };
}

interface DetailInputProps {
  field: keyof typeof TEXT_FIELDS;
  value?: string;
  error?: string;
  mark?: ReactNode;
  country: Country | undefined;
}

function DetailInput({ field, value, error, mark, country }: DetailInputProps) {
  const t = useTranslations('details');
  const { longest, hint, ...attributes } = TEXT_FIELDS[field];
  const optional = field === 'phoneNumber' || field === 'taxNumber';
  return (
    <TextField
      id={field}
      name={field}
      label={t(field)}
      hint={hint && hintFor(t, hint, country)}
      error={error}
      mark={mark}
      defaultValue={value}
      maxLength={longest}
      required={!optional}
      onBlur={field === 'phoneNumber' ? (event) => tidy(event, country?.code ?? '') : undefined}
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

/** Writes the number as it is written; the rules for that are loaded when they are first needed. */
async function tidy({ currentTarget }: FocusEvent<HTMLInputElement>, country: string): Promise<void> {
  const typed = currentTarget.value;
  const { tidyPhone } = await import('@/lib/customers/phone');
  if (currentTarget.value === typed) currentTarget.value = tidyPhone(typed, country);
}

function FromProvider({ name }: { name: string }) {
  const t = useTranslations('details');
  return (
    <span className="inline-flex items-center gap-1 text-good text-sm">
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
          key={String(checked)}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? 'consent-error' : undefined}
          className="mt-0.5 size-6 shrink-0 accent-primary"
        />
        <label htmlFor="consent">{t('consent', { brand: brandName })}</label>
      </div>
      {error && (
        <p id="consent-error" className="font-medium text-bad text-sm">
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
 * With script: applies the action's own rules before anything is sent, and sends once however often it is clicked.
 * The rules are loaded when they are first needed.
 */
function useCheckBeforeSending(submit: (form: FormData) => void, pending: boolean) {
  const [found, setFound] = useState<DetailErrors | null>(null);
  const busy = useRef(false);
  useEffect(() => {
    if (!pending) busy.current = false;
  }, [pending]);
  const check = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy.current) return;
    busy.current = true;
    const form = new FormData(event.currentTarget);
    const { parseDetails } = await import('@/lib/customers/details-schema');
    const parsed = parseDetails(form);
    if ('errors' in parsed) {
      busy.current = false;
      setFound(parsed.errors);
    } else {
      setFound(null);
      startTransition(() => submit(form));
    }
  };
  return { found, check };
}

/** Moves the focus to what was found wrong, so that it is read and seen. */
function useFocusOn(outcome: DetailErrors | DetailsFormState) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (Object.keys(outcome).length > 0) element.current?.focus();
  }, [outcome]);
  return element;
}
