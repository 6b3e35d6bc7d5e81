'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { operatorAction } from '@/lib/auth/action';
import { signInAgainPath } from '@/lib/auth/session';
import { LONGEST_RETURN_TEXT, RETURN_REASONS } from '@/lib/customers/return-reasons';
import { asForm } from '@/lib/http/form';
import { setFlash } from '@/lib/operator/flash';
import { performReview } from '@/lib/operator/review';
import { getServices } from '@/lib/services';
import { cleanLine, countCharacters, isUsable } from '@/lib/text';

const note = z
  .string()
  .transform(cleanLine)
  .pipe(z.string().refine((text) => isUsable(text) && countCharacters(text) <= LONGEST_RETURN_TEXT));

const reviewed = z.object({ customer: z.uuid(), version: z.coerce.number().int().positive() });
const returned = z
  .object({ reason: z.enum(RETURN_REASONS), note })
  .refine(({ reason, note }) => reason !== 'other' || note !== '');

const pageOf = (customer: string) => `/operator/customers/${customer}/review`;

/** Accepts details that wait for review, or returns them with a reason (lib/operator/review.ts). */
export const reviewDetails = operatorAction(
  {
    permission: 'review',
    limit: 'operator-account',
    // Leads back without a message where none can be kept. The page shows what is stored.
    otherwise: (problem, submitted: FormData): never => {
      const { data } = reviewed.safeParse(Object.fromEntries(asForm(submitted)));
      redirect(
        problem === 'forbidden' || problem === 'signed-out' || !data ? '/operator/review' : pageOf(data.customer),
      );
    },
  },
  async ({ session }, submitted) => {
    const form = Object.fromEntries(asForm(submitted));
    const { data } = reviewed.safeParse(form);
    if (!data) redirect('/operator/review');
    const services = await getServices();
    const { customer, version } = data;
    const why = form.decision === 'return' ? returned.safeParse(form) : null;
    const reason = why?.data ? { reason: why.data.reason, text: why.data.note } : null;
    const outcome = why?.error ? 'note' : await performReview(services, session, { userId: customer, version }, reason);
    if (outcome === 'sign-in-again') redirect(signInAgainPath(pageOf(customer)));
    await setFlash(services, session, customer, `review:${outcome}`);
    redirect(pageOf(customer));
  },
);
