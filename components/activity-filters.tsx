'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { compactControl } from '@/components/ui/field';
import type { OperationFilter } from '@/lib/wallet/filter-schema';
import { OPERATION_STATUSES, OPERATION_TYPES } from '@/lib/wallet/operations-schema';
import { holdingsQuery } from './holdings-query';
import { useOperationLabels } from './operation-labels';

interface FiltersProps {
  filter: OperationFilter;
  onChange: (filter: OperationFilter) => void;
}

/** Selects which operations are shown. Applies each change at once. */
export function ActivityFilters({ filter, onChange }: FiltersProps) {
  const t = useTranslations('activity');
  const { typeLabel, statusLabel } = useOperationLabels();
  const assets = useKnownAssets(filter.asset);
  const choice = (name: keyof OperationFilter, options: [value: string, label: string][]) => (
    <Labelled key={name} id={name} label={t(`filters.${name}`)}>
      <select
        id={name}
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
    <Labelled key={name} id={name} label={t(`filters.${name}`)}>
      <input
        id={name}
        type="date"
        value={filter[name]}
        min={name === 'to' ? filter.from : undefined}
        onChange={({ target }) => onChange({ ...filter, [name]: target.value })}
        className={compactControl}
      />
    </Labelled>
  );
  return (
    <fieldset className="grid grid-cols-2 gap-3 max-[22rem]:grid-cols-1 sm:flex sm:flex-wrap">
      <legend className="sr-only">{t('filters.legend')}</legend>
      {choice(
        'type',
        OPERATION_TYPES.map((type) => [type, typeLabel(type)]),
      )}
      {choice(
        'status',
        OPERATION_STATUSES.map((status) => [status, statusLabel(status)]),
      )}
      {choice(
        'asset',
        assets.map((asset) => [asset, asset]),
      )}
      {day('from')}
      {day('to')}
    </fieldset>
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

/** Returns the assets that the customer owns, bought lately or has chosen. */
function useKnownAssets(chosen: string): string[] {
  const { data } = useQuery(holdingsQuery());
  const owned = data?.balances.map(({ asset }) => asset) ?? [];
  const bought = data?.latest.flatMap(({ targetAsset }) => targetAsset ?? []) ?? [];
  return [...new Set([...owned, ...bought, ...(chosen ? [chosen] : [])])].toSorted();
}
