'use client';

import { useTranslations } from 'next-intl';
import { type ComponentType, type KeyboardEvent, type MouseEvent, useRef, useState } from 'react';
import { SelectField } from '@/components/ui/field';
import type { Country } from '@/lib/i18n/packed-countries';
import type { CountrySearchProps } from './country-search';
import { loadOrNull } from './load-failures';

interface CountryFieldProps {
  countries: Country[];
  initial: string;
  /** Called after a choice in the search, which fires no event on the select. */
  onChoose: () => void;
  error?: string;
  mark?: React.ReactNode;
}

/**
 * Renders the country as an uncontrolled select, for autofill, extensions and pages without script. With script,
 * opening it shows a searchable list. If that list fails to load, it shows the browser's own.
 */
export function CountryField({ countries, initial, onChoose, error, mark }: CountryFieldProps) {
  const t = useTranslations('details');
  const select = useRef<HTMLSelectElement>(null);
  const { Search, open, close, searchIsMissing } = useCountrySearch(select);
  const search = (event: MouseEvent | KeyboardEvent) => {
    if (searchIsMissing) return;
    event.preventDefault();
    select.current?.focus();
    void open();
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
        defaultValue={initial}
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
      {Search && (
        <Search
          countries={countries}
          onClose={close}
          onChoose={(code) => {
            if (select.current) select.current.value = code;
            onChoose();
            close();
          }}
        />
      )}
    </>
  );
}

const OPENING_KEYS = new Set(['Enter', ' ']);

/** Loads the search when it is first opened. */
function useCountrySearch(select: React.RefObject<HTMLSelectElement | null>) {
  const [Search, setSearch] = useState<ComponentType<CountrySearchProps> | null>(null);
  const [searchIsMissing, setMissing] = useState(false);
  const open = async () => {
    const loaded = await loadOrNull(() => import('./country-search'));
    if (loaded) return setSearch(() => loaded.CountrySearch);
    setMissing(true);
    showNativeList(select.current);
  };
  return { Search, open, close: () => setSearch(null), searchIsMissing };
}

/** Opens the browser's own list. Browsers that refuse it here open it on the next click. */
function showNativeList(select: HTMLSelectElement | null): void {
  try {
    select?.showPicker();
  } catch {
    // The select has the focus and reacts to keys.
  }
}
