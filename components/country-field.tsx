'use client';

import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type MouseEvent, useRef, useState } from 'react';
import type { Country } from '@/lib/i18n/countries';
import { SelectField } from './ui/field';

// Loaded when it is first opened.
const CountrySearch = dynamic(() => import('./country-search').then((module) => module.CountrySearch), { ssr: false });

interface CountryFieldProps {
  countries: Country[];
  value: string;
  onChange: (code: string) => void;
  error?: string;
  mark?: React.ReactNode;
}

/**
 * The country: a real select, so that forms, browsers that fill them in and a page without script know it. Where there
 * is script, opening it leads to a list that can be searched.
 */
export function CountryField({ countries, value, onChange, error, mark }: CountryFieldProps) {
  const t = useTranslations('details');
  const select = useRef<HTMLSelectElement>(null);
  const [searching, setSearching] = useState(false);
  const search = (event: MouseEvent | KeyboardEvent) => {
    event.preventDefault();
    select.current?.focus();
    setSearching(true);
  };
  return (
    <>
      <SelectField
        ref={select}
        id="country"
        name="country"
        autoComplete="country"
        label={t('country')}
        error={error}
        mark={mark}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        onMouseDown={search}
        onKeyDown={(event) => OPENING_KEYS.has(event.key) && search(event)}
        required
      >
        <option value="">{t('chooseCountry')}</option>
        {countries.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </SelectField>
      {searching && (
        <CountrySearch
          countries={countries}
          onClose={() => setSearching(false)}
          onChoose={(code) => {
            onChange(code);
            setSearching(false);
          }}
        />
      )}
    </>
  );
}

const OPENING_KEYS = new Set(['Enter', ' ']);
