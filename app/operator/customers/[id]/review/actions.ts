'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { keepCase } from '@/app/operator/case-form';
import type { CaseState } from '@/components/operator/case-form';
import { type ActionProblem, operatorAction } from '@/lib/auth/action';
import { signInAgainPath } from '@/lib/auth/session';
import { LONGEST_RETURN_TEXT, RETURN_REASONS } from '@/lib/customers/return-reasons';
import { asForm } from '@/lib/http/form';
import { toNote } from '@/lib/operator/reasons';
import { performReview } from '@/lib/operator/review';
import { getServices, type Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { setFlash } from '@/lib/sessions/flash';

const reviewed = z.object({ customer: z.uuid(), version: z.coerce.number().int().positive() });

const pageOf = (customer: string) => `/operator/customers/${customer}/review`;

/** Accepts details that wait for review (lib/operator/review.ts). */
export const acceptReviewed = operatorAction(
  { permission: 'review', limit: 'operator-account', otherwise: backToReview },
  async ({ session }, submitted): Promise<never> => {
    const { data } = readReviewed(submitted);
    if (!data) redirect('/operator/review');
    const services = await getServices();
    const { customer, version } = data;
    const outcome = await performReview(services, session, { userId: customer, version }, null);
    if (outcome === 'sign-in-again') redirect(signInAgainPath(pageOf(customer)));
    return showOn(services, session, customer, outcome);
  },
);

/** Returns details that wait for review, with a reason. A form that cannot be carried out stays, with what was typed. */
export const returnReviewed = operatorAction(
  { permission: 'review', limit: 'operator-account', otherwise: keepCase },
  async ({ session }, state, submitted): Promise<CaseState> => {
    const form = asForm(submitted);
    const { data } = readReviewed(submitted);
    if (!data) redirect('/operator/review');
    const reason = RETURN_REASONS.find((known) => known === form.get('reason'));
    if (!reason) return keepCase('reason', state, submitted);
    const text = toNote(form.get('text'), LONGEST_RETURN_TEXT);
    if (text === null || (reason === 'other' && text === '')) return keepCase('text', state, submitted);
    const services = await getServices();
    const { customer, version } = data;
    const outcome = await performReview(services, session, { userId: customer, version }, { reason, text });
    if (outcome === 'sign-in-again') return keepCase(outcome, state, submitted);
    return showOn(services, session, customer, outcome);
  },
);

function readReviewed(submitted: FormData) {
  return reviewed.safeParse(Object.fromEntries(asForm(submitted)));
}

/** Leads back without a message where none can be kept. The page shows what is stored. */
function backToReview(problem: ActionProblem, submitted: FormData): never {
  const { data } = readReviewed(submitted);
  redirect(problem === 'forbidden' || problem === 'signed-out' || !data ? '/operator/review' : pageOf(data.customer));
}

async function showOn(services: Services, session: LiveSession, customer: string, outcome: string): Promise<never> {
  await setFlash(services, session, customer, `review:${outcome}`);
  redirect(pageOf(customer));
}
