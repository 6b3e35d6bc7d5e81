'use client';

import { useEffect, useRef, useState } from 'react';
import type { DetailErrors, DetailField, NumberDoubt } from '@/lib/customers/detail-fields';
import type { Settled } from '@/lib/customers/details-schema';
import { loadOrNull, type SendFailure } from './load-failures';
import { useFocusOn } from './use-focus-on';
import { useKeptForm } from './use-kept-form';

export type DetailValues = Partial<Record<DetailField, string>> & {
  consent?: boolean;
  /** The person is on the way to buying. */
  isBuying?: boolean;
  /** The digest that was sent. */
  shown?: string;
  doubts?: NumberDoubt[];
  /** An example of a phone number in the country. */
  phoneExample?: string;
};

/** State of the form after a failed save, with everything that was typed. */
export interface DetailsFormState {
  errors?: DetailErrors;
  problem?: SendFailure | 'forbidden' | 'signed-out' | 'too-many' | 'unconfirmed' | 'numbers' | 'source' | 'changed';
  values?: DetailValues;
}

export type DetailsAction = (state: DetailsFormState, form: FormData) => Promise<DetailsFormState>;

/** Sends the details form, applies the action's rules in the browser first, and moves the focus to what is wrong. */
export function useDetailsForm(action: DetailsAction, initial: DetailValues, settled: Settled) {
  const [found, setFound] = useState<DetailErrors | null>(null);
  const check = async (form: HTMLFormElement) => {
    // Without the rules the action alone checks.
    const rules = await loadOrNull(() => import('./check-details'));
    const parsed = rules?.parseDetails(new FormData(form), settled);
    const errors = parsed && 'errors' in parsed ? parsed.errors : null;
    setFound(errors);
    return !errors;
  };
  const { posted, state, pending, formProps } = useKeptForm(action, {
    onFailure: (problem): DetailsFormState => ({ problem }),
    mayBeSent: check,
    // Pages can show the form under another address.
    address: '/account/details',
  });
  const [values] = useState(posted.values ?? initial);
  const { form, shown, readValues } = useShownValues({ ...values, ...settled.values });
  return {
    posted,
    state,
    pending,
    values,
    shown,
    readValues,
    errors: found ?? state.errors ?? {},
    summary: useFocusOn<HTMLDivElement>(found ?? state),
    formProps: { ref: form, onInput: readValues, onFocus: readValues, onBlur: readValues, ...formProps },
  };
}

/**
 * Reads country and phone number from the page on every event of the form. Autofill, extensions and choices made before
 * hydration fire no event of their own.
 */
function useShownValues(values: DetailValues) {
  const form = useRef<HTMLFormElement>(null);
  const [shown, setShown] = useState<DetailValues>({ country: values.country, phoneNumber: values.phoneNumber });
  const readValues = () => {
    if (!form.current) return;
    const data = new FormData(form.current);
    const phoneNumber = String(data.get('phoneNumber') ?? '');
    setShown((before) => {
      // A settled country has no field.
      const country = data.has('country') ? String(data.get('country')) : before.country;
      return before.country === country && before.phoneNumber === phoneNumber ? before : { country, phoneNumber };
    });
  };
  useEffect(readValues, []);
  return { form, shown, readValues };
}
