'use server';

import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import type { CaseState } from '@/components/operator/case-form';
import type { FindState } from '@/components/operator/find-customer';
import { type ActionProblem, operatorAction } from '@/lib/auth/action';
import { signInAgainPath } from '@/lib/auth/session';
import { asForm } from '@/lib/http/form';
import { decideApproval, performOperatorAction } from '@/lib/operator/actions';
import { CONTACT_FIELDS, type ContactField, recordReveal } from '@/lib/operator/contact';
import { addNote } from '@/lib/operator/notes';
import type { Outcome } from '@/lib/operator/outcomes';
import { recordShown } from '@/lib/operator/read';
import { LONGEST_NOTE, OPERATOR_ACTIONS, toNote, toReason } from '@/lib/operator/reasons';
import { type Found, findPeople } from '@/lib/operator/search/find';
import { getServices, type Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { setFlash } from '@/lib/sessions/flash';
import { keepCase } from './case-form';

/** Finds people. Leads to the page of a single one, and lists several. Records the kind of search and its result. */
export const findCustomers = operatorAction(
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
 * Performs an operator's action on a customer (lib/operator/actions.ts). Leads to the customer's page, where the next view
 * shows the result once. A form that cannot be carried out stays, with what was typed.
 */
export const actOnCustomer = operatorAction(
  // Each action has a permission of its own, which performOperatorAction checks.
  { permission: 'read-customers', limit: 'operator-account', otherwise: keepCase },
  async ({ session }, state, submitted): Promise<CaseState> => {
    const form = asForm(submitted);
    const userId = customerOf(form);
    const action = OPERATOR_ACTIONS.find((known) => known === form.get('action'));
    // A download is a route of its own.
    if (!userId || !action || action === 'export') redirect('/operator');
    const reason = toReason(action, form.get('reason'), form.get('text'));
    const services = await getServices();
    const target = z.string().min(1).max(200).safeParse(form.get('target')).data ?? null;
    const given = typeof reason === 'string' ? { missing: reason } : { reason };
    const outcome =
      (await performOperatorAction(services, session, action, userId, given.reason ?? null, target)) ?? action;
    if (outcome === 'sign-in-again') return keepCase(outcome, state, submitted);
    if (outcome === 'no-reason') return keepCase(given.missing ?? 'reason', state, submitted);
    return showOn(services, session, userId, outcome);
  },
);

/** Confirms or refuses what another operator has requested. */
export const decideRequest = operatorAction(
  // decideApproval checks the permission of the requested action.
  { permission: 'read-customers', limit: 'operator-account', otherwise: backToCustomer },
  async ({ session }, submitted) => {
    const form = asForm(submitted);
    const userId = customerOf(form);
    const approval = z.uuid().safeParse(form.get('approval')).data;
    if (!userId || !approval) redirect('/operator');
    const services = await getServices();
    const confirm = form.get('decision') === 'confirm';
    const refused = await decideApproval(services, session, approval, confirm);
    return showOn(services, session, userId, refused ?? (confirm ? 'confirmed' : 'refused'));
  },
);

/** Adds an operator's note about a customer. */
export const addCustomerNote = operatorAction(
  { permission: 'add-note', limit: 'operator-account', otherwise: keepCase },
  async ({ session }, state, submitted): Promise<CaseState> => {
    const form = asForm(submitted);
    const userId = customerOf(form);
    if (!userId) redirect('/operator');
    const text = toNote(form.get('text'), LONGEST_NOTE);
    if (!text) return keepCase('text', state, submitted);
    const services = await getServices();
    const isStored = await addNote(services, session, userId, text);
    return showOn(services, session, userId, isStored ? 'noted' : 'gone');
  },
);

/** Shows one field of a customer's contact data on the next view of their page, and records it first. */
export const revealContact = operatorAction(
  { permission: 'reveal', limit: 'operator-account', otherwise: backToCustomer },
  async ({ session }, submitted) => {
    const form = asForm(submitted);
    const userId = customerOf(form);
    const field = CONTACT_FIELDS.find((known) => known === form.get('field'));
    if (!userId || !field) redirect('/operator');
    const services = await getServices();
    const permitted = await recordReveal(services, session, userId, field);
    return showOn(services, session, userId, permitted ? `reveal:${field}` : 'not-permitted');
  },
);

async function showOn(
  services: Services,
  session: LiveSession,
  userId: string,
  message: Outcome | `reveal:${ContactField}` | 'sign-in-again',
): Promise<never> {
  const page = `/operator/customers/${userId}`;
  if (message === 'sign-in-again') redirect(signInAgainPath(page));
  await setFlash(services, session, userId, message);
  redirect(page);
}

/** Leads back without a message where none can be kept. The page shows what is stored. */
function backToCustomer(problem: ActionProblem, submitted: FormData): never {
  const userId = customerOf(asForm(submitted));
  if (problem === 'forbidden' || problem === 'signed-out' || !userId) redirect('/operator');
  redirect(`/operator/customers/${userId}`);
}

function customerOf(form: Pick<FormData, 'get'>): string | null {
  return z.uuid().safeParse(form.get('customer')).data ?? null;
}
