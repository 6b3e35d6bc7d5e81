'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Disclosure } from '@/components/ui/disclosure';
import { compactControl } from '@/components/ui/field';
import { assetLabel, CRYPTO_ASSETS } from '@/lib/money/assets';
import type { OperationFilter } from '@/lib/wallet/filter-schema';
import { OPERATION_STATUSES, OPERATION_TYPES } from '@/lib/wallet/operations-schema';
import { activityQuery, filterSearch } from './activity-query';

interface FiltersProps {
  filter: OperationFilter;
  onChange: (filter: OperationFilter) => void;
}

/** Selects which operations are shown, behind "Filter". Applies each change at once. */
export function ActivityFilters({ filter, onChange }: FiltersProps) {
  const t = useTranslations('activity');
  const tOperations = useTranslations('operations');
  const language = useLocale();
  const assets = useChoosableAssets(filter);
  // Closing with the last filter would take the focus away.
  const [wasFiltered] = useState(filterSearch(filter) !== '');
  const choice = (name: keyof OperationFilter, options: [value: string, label: string][]) => (
    <Labelled key={name} id={`filter-${name}`} label={t(`filters.${name}`)}>
      <select
        id={`filter-${name}`}
        value={filter[name]}
        onChange={({ target }) => onChange({ ...filter, [name]: target.value })}
        className={compactControl}
      >
        <option value="">{t('filters.all')}</option>
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </Labelled>
  );
  const day = (name: 'from' | 'to') => (
    <Labelled key={name} id={`filter-${name}`} label={t(`filters.${name}`)}>
      <input
        id={`filter-${name}`}
        type="date"
        value={filter[name]}
        min={name === 'to' ? filter.from : undefined}
        onChange={({ target }) => onChange({ ...filter, [name]: target.value })}
        className={compactControl}
      />
    </Labelled>
  );
  return (
    <Disclosure summary={t('filters.title')} open={wasFiltered} className="min-w-0 flex-1 basis-72">
      <fieldset className="grid grid-cols-2 gap-3 max-[22rem]:grid-cols-1 sm:flex sm:flex-wrap">
        <legend className="sr-only">{t('filters.legend')}</legend>
        {choice(
          'type',
          OPERATION_TYPES.map((type) => [type, tOperations(`type.${type}`)]),
        )}
        {choice(
          'status',
          OPERATION_STATUSES.map((status) => [status, tOperations(`status.${status}`)]),
        )}
        {choice(
          'asset',
          assets.map((asset) => [asset, assetLabel(asset, language)]),
        )}
        {day('from')}
        {day('to')}
      </fieldset>
    </Disclosure>
  );
}

function Labelled({ id, label, children }: { id: string; label: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0 space-y-1">
      <label htmlFor={id} className="block text-muted-foreground text-sm">
        {label}
      </label>
      {children}
    </div>
  );
}

/** Returns the assets that people know, because one of them may be on a page that is not loaded, and the loaded ones. */
function useChoosableAssets(filter: OperationFilter): string[] {
  const { data } = useInfiniteQuery(activityQuery(filter));
  const loaded = data?.flatMap(({ targetAsset }) => targetAsset ?? []) ?? [];
  return [...new Set([...CRYPTO_ASSETS, ...loaded, ...(filter.asset ? [filter.asset] : [])])];
}
