'use server';

import { redirect } from 'next/navigation';
import type { FindState } from '@/components/operator/find-customer';
import { operatorAction } from '@/lib/auth/action';
import { asForm } from '@/lib/http/form';
import { act, OPERATOR_ACTIONS } from '@/lib/operator/act';
import { findCustomer } from '@/lib/operator/customers';
import { services } from '@/lib/services';
import { isUuid } from '@/lib/uuid';

/** Looks a customer up by address and leads to their page. */
export const findByAddress = operatorAction(
  {
    limit: 'operator-account',
    otherwise: (problem, _state: FindState, submitted: FormData): FindState => ({
      // Nothing is stored by looking.
      problem: problem === 'unconfirmed' ? 'unavailable' : problem,
      typed: typed(submitted),
    }),
  },
  async (_operator, _state, submitted): Promise<FindState> => {
    const found = await findCustomer(await services(), typed(submitted));
    if (!found) return { problem: 'none', typed: typed(submitted) };
    redirect(`/operator/customers/${found}`);
  },
);

function typed(submitted: FormData): string {
  return String(asForm(submitted).get('email') ?? '').slice(0, 320);
}

/** One of an operator's buttons (lib/operator/act.ts) on a customer's page. */
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
    await act(await services(), session.userId, action, userId);
    redirect(`/operator/customers/${userId}?done=${action}`);
  },
);

function chosen(submitted: FormData) {
  const form = asForm(submitted);
  const userId = form.get('customer');
  return {
    userId: isUuid(userId) ? userId : null,
    action: OPERATOR_ACTIONS.find((one) => one === form.get('action')),
  };
}
