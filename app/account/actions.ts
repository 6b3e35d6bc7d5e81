'use server';

import { revalidatePath } from 'next/cache';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import type { DetailsFormState } from '@/components/details-form';
import { userAction } from '@/lib/auth/action';
import { pressedCookie, sessionCookieName } from '@/lib/auth/cookies';
import { frameProof } from '@/lib/auth/frame-proof';
import { recordRefusal } from '@/lib/auth/session';
import { issueAhead } from '@/lib/authorisations/ahead';
import { revokeAccess } from '@/lib/authorisations/epoch';
import { config } from '@/lib/config/config';
import { DETAIL_FIELDS, type Details } from '@/lib/customers/detail-fields';
import { numberDoubts } from '@/lib/customers/number-doubts';
import { phoneExample } from '@/lib/customers/phone';
import { readCustomerState } from '@/lib/customers/row';
import { saveDetails as store } from '@/lib/customers/save';
import { asForm } from '@/lib/http/form';
import { lookUp, settledFields } from '@/lib/kyc/look-up';
import { kycSource } from '@/lib/kyc/sources';
import { readSubmission } from '@/lib/kyc/submission';
import { leadToDone } from '@/lib/pages/done';
import { withdrawConsent as withdraw } from '@/lib/privacy/withdraw-consent';
import { getServices } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { mustSignInToBuy } from '@/lib/sessions/step-up';

/** Saves the verification details and creates the customer at KunaCore. Returns the typed values after an error. */
export const saveDetails = userAction(
  {
    limit: 'details-account',
    otherwise: (problem, _state: DetailsFormState, submitted: FormData): DetailsFormState => ({
      problem,
      values: typed(submitted),
    }),
  },
  async ({ session }, _state, submitted): Promise<DetailsFormState> => {
    const services = await getServices();
    const known = await lookUp(services, kycSource(), session.userId);
    const read = readSubmission(asForm(submitted), known);
    const values = typed(submitted, settledFields(known));
    if ('problem' in read) {
      // Shows what the source says now.
      revalidatePath('/account/details');
      return { problem: read.problem, values };
    }
    if ('errors' in read) {
      if (Object.values(read.errors).includes('verified')) await recordRefusal(session, 'verified-details');
      return { errors: read.errors, values };
    }
    const doubts = values?.doubts ?? [];
    if (doubts.some(({ confirmed }) => !confirmed)) return { problem: 'numbers', values };
    const overruled = doubts.map(({ field }) => field);
    await store(services, session.userId, read.details, { sources: read.sources, overruled });
    const path = await pathAfterSaving(session, isBuying(asForm(submitted)));
    // The widget itself shows that the details are enough.
    return path === '/account/buy' ? redirect(path) : leadToDone(session, path, 'details-saved');
  },
);

/** Reports whether the form was shown on the way to buying. */
function isBuying(form: FormData): boolean {
  return form.get('then') === 'buy';
}

/** Leads a person who wants to buy on to the widget where nothing more is needed. What was saved stays saved. */
async function pathAfterSaving(session: LiveSession, wantsToBuy: boolean): Promise<string> {
  if (!wantsToBuy) return '/account';
  const customer = await readCustomerState(await getServices(), session.userId).catch(() => null);
  if (customer?.state !== 'ready' || mustSignInToBuy(session, config())) return '/account';
  await proveOurPage();
  return '/account/buy';
}

/** Withdraws the consent to sharing the details with Kuna. */
export const withdrawConsent = userAction(
  {
    limit: 'details-account',
    otherwise: () => redirect('/account/details?withdrawal=unconfirmed#consent-on-record'),
  },
  async ({ session }) => {
    await withdraw(await getServices(), session.userId);
    return leadToDone(session, '/account/details', 'consent-withdrawn');
  },
);

/** Returns the fields of the form as typed, so that it can be shown again with exactly those. */
function typed(submitted: FormData, settled: Partial<Details> = {}): DetailsFormState['values'] {
  const form = asForm(submitted);
  const fields = DETAIL_FIELDS.filter((field) => form.has(field));
  const values: Partial<Details> = Object.fromEntries(fields.map((field) => [field, String(form.get(field))]));
  return {
    ...values,
    consent: form.get('consent') === 'agreed',
    isBuying: isBuying(form),
    shown: String(form.get('shown') ?? ''),
    doubts: numberDoubts(form, settled),
    phoneExample: phoneExample(settled.country ?? values.country),
  };
}

/**
 * "Buy crypto" and "Continue": starts to issue a token for this browser's frame and leads to the buy page, which also
 * reports every problem.
 */
export const openWidget = userAction({ otherwise: () => redirect('/account/buy') }, async ({ session, userAgent }) => {
  const isReady = session.customer.state === 'ready' && !mustSignInToBuy(session, config());
  if (userAgent && isReady) issueAhead(await getServices(), session, userAgent);
  await proveOurPage();
  redirect('/account/buy');
});

/** Sets the cookie that proves to the frame that our page opens it. */
async function proveOurPage(): Promise<void> {
  const { secure } = config();
  const jar = await cookies();
  const token = jar.get(sessionCookieName(secure))?.value;
  if (token) jar.set(pressedCookie(secure, frameProof(token)));
}

/**
 * Ends the customer's Kuna session on all devices and keeps the sessions here. Never leads to the buy page, whose frame
 * would start a new one.
 */
export const endAuthorisation = userAction(
  { otherwise: () => redirect('/account?unconfirmed') },
  async ({ session }) => {
    await revokeAccess(await getServices(), session.userId, 'ended-by-user');
    return leadToDone(session, '/account', 'kuna-session-ended');
  },
);
