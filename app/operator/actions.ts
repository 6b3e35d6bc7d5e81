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
import { services } from '@/lib/services';

/** Looks a customer up by address and leads to their page. The trail knows that, and whether somebody was found. */
export const findByAddress = operatorAction(
  {
    limit: 'operator-account',
    otherwise: (problem, _state: FindState, submitted: FormData): FindState => ({
      // Nothing is stored by looking.
      problem: problem === 'unconfirmed' ? 'unavailable' : problem,
      typed: typed(submitted),
    }),
  },
  async ({ session }, _state, submitted): Promise<FindState> => {
    const parts = await services();
    const found = await findCustomer(parts, typed(submitted));
    const results = found ? 1 : 0;
    await recordShown(parts, session, { object: 'search', subject: found, filter: 'address', results });
    if (!found) return { problem: 'none', typed: typed(submitted) };
    redirect(`/operator/customers/${found}`);
  },
);

function typed(submitted: FormData): string {
  return String(asForm(submitted).get('email') ?? '');
}

/**
 * One of an operator's buttons (lib/operator/actions.ts) on a customer's page. When the sign-in is too old for it, leads
 * through another one back to that page, where the button has to be pressed again.
 */
export const actOnCustomer = operatorAction(
  {
    limit: 'operator-account',
    otherwise: (problem, submitted: FormData): never => {
      const { userId } = chosen(submitted);
      if (problem === 'forbidden' || problem === 'signed-out' || !userId) redirect('/operator');
      redirect(`/operator/customers/${userId}?done=${problem === 'unavailable' ? 'failed' : problem}`);
    },
  },
  async ({ session }, submitted) => {
    const { userId, action } = chosen(submitted);
    if (!userId || !action) redirect('/operator');
    const page = `/operator/customers/${userId}`;
    const refused = await performOperatorAction(await services(), session, action, userId);
    redirect(refused === 'sign-in-again' ? signInAgainPath(page) : `${page}?done=${refused ?? action}`);
  },
);

function chosen(submitted: FormData) {
  const form = asForm(submitted);
  return {
    userId: z.uuid().safeParse(form.get('customer')).data ?? null,
    action: OPERATOR_ACTIONS.find((one) => one === form.get('action')),
  };
}
