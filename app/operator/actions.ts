'use server';

import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import type { FindState } from '@/components/operator/find-customer';
import { operatorAction } from '@/lib/auth/action';
import { signInAgainPath } from '@/lib/auth/session';
import { asForm } from '@/lib/http/form';
import { OPERATOR_ACTIONS, performOperatorAction } from '@/lib/operator/actions';
import { recordShown } from '@/lib/operator/read';
import { type Found, findPeople } from '@/lib/operator/search/find';
import { getServices } from '@/lib/services';

/** Finds people. Leads to the page of a single one, and lists several. Records the kind of search and its result. */
export const findCustomers = operatorAction(
  {
    limit: 'operator-account',
    otherwise: (problem, _state: FindState, submitted: FormData): FindState => ({
      // A search stores nothing that could be unconfirmed.
      problem: problem === 'unconfirmed' ? 'unavailable' : problem,
      typed: typed(submitted),
    }),
  },
  async ({ session }, _state, submitted): Promise<FindState> => {
    const services = await getServices();
    const found = await findPeople(services, typed(submitted));
    if (!found.kind) return { problem: found.result, typed: typed(submitted) };
    const people = found.result === 'found' ? found.people : [];
    const [only] = people.length === 1 ? people : [];
    const results = people.length;
    await recordShown(services, session, { object: 'search', subject: only?.userId, filter: found.kind, results });
    if (only) redirect(`/operator/customers/${only.userId}`);
    if (found.result !== 'found') return { problem: found.result, typed: typed(submitted) };
    return { typed: typed(submitted), results: await describeResults(found) };
  },
);

function typed(submitted: FormData): string {
  return String(asForm(submitted).get('find') ?? '');
}

async function describeResults({ people, more }: Pick<Extract<Found, { result: 'found' }>, 'people' | 'more'>) {
  const t = await getTranslations('operatorSearch');
  const queues = await getTranslations('operatorQueues');
  return {
    summary: t(more ? 'more' : 'found', { count: people.length }),
    people: people.map(({ userId, name, email, phoneEnd, standing }) => ({
      userId,
      name: name ?? email ?? t('nameless'),
      email: name ? email : null,
      phone: phoneEnd && t('phoneEnd', { end: phoneEnd }),
      standing: queues(`standings.${standing}`),
    })),
  };
}

/**
 * Performs an operator's action on a customer (lib/operator/actions.ts). If the sign-in is too old, requests a new one that
 * leads back to the customer's page.
 */
export const actOnCustomer = operatorAction(
  {
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
