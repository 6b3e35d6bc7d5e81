'use client';

import { useEffect, useState } from 'react';
import { loadOrNull } from './load-failures';
import type { DetailValues } from './use-details-form';

/**
 * Returns an example of a phone number in the chosen country. The server sends the one of the first choice; another
 * choice loads the rules for numbers, which the form needs later anyway.
 */
export function usePhoneExample(country: string, served: Pick<DetailValues, 'country' | 'phoneExample'>): string {
  const [loaded, setLoaded] = useState({ country: served.country ?? '', example: served.phoneExample ?? '' });
  useEffect(() => {
    if (country === loaded.country) return;
    let isCurrent = true;
    const load = async () => {
      const rules = await loadOrNull(() => import('@/lib/customers/phone'));
      if (isCurrent && rules) setLoaded({ country, example: rules.phoneExample(country) });
    };
    void load();
    return () => {
      isCurrent = false;
    };
  }, [country, loaded.country]);
  return (country === loaded.country && loaded.example) || '+380 50 123 4567';
}
