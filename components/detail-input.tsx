'use client';

import { useTranslations } from 'next-intl';
import { type ComponentProps, useEffect, useState } from 'react';
import { TextField } from '@/components/ui/field';
import type { DetailField } from '@/lib/customers/detail-fields';
import type { Country } from '@/lib/i18n/packed-countries';
import { loadOrNull } from './load-failures';

type Hint = 'oneName' | 'phone' | 'document' | 'tax' | 'address';

type Attributes = Pick<ComponentProps<'input'>, 'autoComplete' | 'autoCapitalize' | 'spellCheck' | 'type'>;

const NAME = { autoCapitalize: 'words', spellCheck: false } as const;
const CODE = { autoComplete: 'off', autoCapitalize: 'characters', spellCheck: false } as const;

const TEXT_FIELDS: Record<Exclude<DetailField, 'country'>, Attributes & { hint?: Hint }> = {
  firstName: { ...NAME, autoComplete: 'given-name' },
  lastName: { ...NAME, autoComplete: 'family-name', hint: 'oneName' },
  phoneNumber: { autoComplete: 'tel', hint: 'phone', type: 'tel' },
  documentNumber: { ...CODE, hint: 'document' },
  taxNumber: { ...CODE, hint: 'tax' },
  // `street-address` is for fields of several lines (HTML, "autofill").
  residenceAddress: { ...NAME, autoComplete: 'address-line1', hint: 'address' },
};

/** Countries whose tax number is digits alone. */
const TAX_IN_DIGITS = new Set(['UA', 'PL', 'DE', 'GB', 'US', 'FR', 'CZ', 'RO']);

type InputProps = Pick<ComponentProps<typeof TextField>, 'error' | 'mark' | 'defaultValue' | 'readOnly'> & {
  field: keyof typeof TEXT_FIELDS;
  country: Country | undefined;
  /** The phone number in the form now. */
  phone: string;
  /** An example of a phone number in the country. */
  phoneExample: string;
};

/** Renders a text field of the details, with hints for the chosen country. */
export function DetailInput({ field, country, phone, phoneExample, ...props }: InputProps) {
  const t = useTranslations('details');
  const { hint, ...attributes } = TEXT_FIELDS[field];
  return (
    <TextField
      id={field}
      name={field}
      label={t(field)}
      hint={
        hint && (
          <>
            {hint === 'phone' ? t('hints.phone', { example: phoneExample }) : hintFor(t, hint, country)}
            {field === 'phoneNumber' && <PhoneReading typed={phone} country={country} />}
          </>
        )
      }
      inputMode={field === 'taxNumber' && TAX_IN_DIGITS.has(country?.code ?? '') ? 'numeric' : undefined}
      enterKeyHint={field === 'residenceAddress' ? 'done' : 'next'}
      required={field !== 'phoneNumber' && field !== 'taxNumber'}
      {...attributes}
      {...props}
    />
  );
}

/** Names the document or number as the chosen country does, where the messages know it. */
function hintFor(
  t: ReturnType<typeof useTranslations<'details'>>,
  hint: Exclude<Hint, 'phone'>,
  country: Country | undefined,
): string {
  const own = `hints.${hint}By.${country?.code}` as 'hints.document';
  return country && hint !== 'address' && t.has(own) ? t(own) : t(`hints.${hint}`);
}

/**
 * Shows how a number without a country code is read in the chosen country. The field keeps the typed number, because
 * the country may still change. Loads the rules for numbers when they are first needed.
 */
function PhoneReading({ typed, country }: { typed: string; country: Country | undefined }) {
  const t = useTranslations('details');
  const [reading, setReading] = useState({ typed: '', code: '', number: '' });
  const code = country?.code ?? '';
  useEffect(() => {
    let isCurrent = true;
    const read = async () => {
      const rules = isNational(typed) && code ? await loadOrNull(() => import('@/lib/customers/phone')) : null;
      if (isCurrent) setReading({ typed, code, number: rules?.readPhone(typed, code)?.formatInternational() ?? '' });
    };
    void read();
    return () => {
      isCurrent = false;
    };
  }, [typed, code]);
  const isUpToDate = reading.typed === typed && reading.code === code;
  return (
    <span aria-live="polite" className="mt-1 block font-medium text-foreground empty:hidden">
      {country && isUpToDate && reading.number && t('readAs', { number: reading.number, country: country.name })}
    </span>
  );
}

/** Detects a number with enough digits and no country code. */
function isNational(typed: string): boolean {
  return typed.replace(/\D/g, '').length >= 5 && !/^\s*(\+|00)/.test(typed);
}
