'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { FindState } from '@/components/operator/find-customer';
import { operatorAction } from '@/lib/auth/action';
import { signInAgainPath } from '@/lib/auth/session';
import { asForm } from '@/lib/http/form';
import { OPERATOR_ACTIONS, performOperatorAction } from '@/lib/operator/actions';
import { findCustomer } from '@/lib/operator/customers';
import { recordShown } from '@/lib/operator/read';
import { getServices } from '@/lib/services';

/** Finds a customer by e-mail address and redirects to their page. Records the search and its result. */
export const findByAddress = operatorAction(
  {
    permission: 'read-customers',
    limit: 'operator-account',
    otherwise: (problem, _state: FindState, submitted: FormData): FindState => ({
      // A search stores nothing that could be unconfirmed.
      problem: problem === 'unconfirmed' ? 'unavailable' : problem,
      typed: typed(submitted),
    }),
  },
  async ({ session }, _state, submitted): Promise<FindState> => {
    const services = await getServices();
    const found = await findCustomer(services, typed(submitted));
    const results = found ? 1 : 0;
    await recordShown(services, session, { object: 'search', subject: found, filter: 'address', results });
    if (!found) return { problem: 'none', typed: typed(submitted) };
    redirect(`/operator/customers/${found}`);
  },
);

function typed(submitted: FormData): string {
  return String(asForm(submitted).get('email') ?? '');
}

/**
 * Performs an operator's action on a customer (lib/operator/actions.ts). If the sign-in is too old, requests a new one that
 * leads back to the customer's page.
 */
export const actOnCustomer = operatorAction(
  {
    // Each action has a permission of its own, which performOperatorAction checks.
    permission: 'read-customers',
    limit: 'operator-account',
    otherwise: (problem, submitted: FormData): never => {
      const { userId } = requested(submitted);
      if (problem === 'forbidden' || problem === 'signed-out' || !userId) redirect('/operator');
      redirect(`/operator/customers/${userId}?done=${problem === 'unavailable' ? 'failed' : problem}`);
    },
  },
  async ({ session }, submitted) => {
    const { userId, action } = requested(submitted);
    if (!userId || !action) redirect('/operator');
    const page = `/operator/customers/${userId}`;
    const refused = await performOperatorAction(await getServices(), session, action, userId);
    redirect(refused === 'sign-in-again' ? signInAgainPath(page) : `${page}?done=${refused ?? action}`);
  },
);

function requested(submitted: FormData) {
  const form = asForm(submitted);
  return {
    userId: z.uuid().safeParse(form.get('customer')).data ?? null,
    action: OPERATOR_ACTIONS.find((known) => known === form.get('action')),
  };
}
