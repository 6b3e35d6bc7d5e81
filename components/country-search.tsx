'use client';

import { Command } from 'cmdk';
import { useTranslations } from 'next-intl';
import { Drawer } from '@/components/ui/drawer';
import type { Country } from '@/lib/i18n/packed-countries';

export interface CountrySearchProps {
  countries: Country[];
  onChoose: (code: string) => void;
  onClose: () => void;
}

/** Lists all countries, searchable by name or code. */
export function CountrySearch({ countries, onChoose, onClose }: CountrySearchProps) {
  const t = useTranslations('details');
  return (
    <Drawer title={t('chooseCountry')} closeLabel={t('close')} onClose={onClose}>
      <Command label={t('searchCountry')} className="flex min-h-0 flex-1 flex-col gap-4">
        <Command.Input
          data-autofocus
          placeholder={t('searchCountry')}
          className="min-h-12 w-full rounded-control border border-input bg-card px-4 text-base placeholder:text-muted-foreground"
        />
        <Command.List className="min-h-0 flex-1">
          <Command.Empty className="py-6 text-center text-muted-foreground">{t('noCountry')}</Command.Empty>
          {countries.map(({ code, name }) => (
            <Command.Item
              key={code}
              value={name}
              keywords={[code]}
              onSelect={() => onChoose(code)}
              className="flex min-h-11 cursor-pointer items-center justify-between gap-3 rounded-control px-3 data-[selected=true]:bg-muted"
            >
              {name}
              <span className="text-muted-foreground text-sm">{code}</span>
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </Drawer>
  );
}
