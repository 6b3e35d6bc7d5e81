'use server';

import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import type { DetailsFormState } from '@/components/details-form';
import { identifyCaller } from '@/lib/auth/caller';
import { handoverCookie } from '@/lib/auth/cookies';
import { endAuthorisation as end } from '@/lib/authorisations/end';
import { HANDOVER_SECONDS } from '@/lib/authorisations/handover';
import { issueSealed } from '@/lib/authorisations/open';
import { config } from '@/lib/config';
import { parseDetails, typedValues } from '@/lib/customers/details-schema';
import { numberDoubts } from '@/lib/customers/number-doubts';
import { saveDetails as save } from '@/lib/customers/save';
import { asForm } from '@/lib/http/form';
import { countFor } from '@/lib/rate-limits/request';
import { services } from '@/lib/services';

/** Saves the verification details and creates the customer at KunaCore. What was typed comes back after an error. */
export async function saveDetails(_state: DetailsFormState, submitted: FormData): Promise<DetailsFormState> {
  const form = asForm(submitted);
  const doubts = numberDoubts(form);
  const values = { ...typedValues(form), consent: form.get('consent') === 'agreed', doubts };
  const caller = await identifyCaller();
  if (caller.problem) return { problem: caller.problem, values };
  const use = await countFor('details-account', caller.session.userId);
  if (!use.allowed) return { problem: 'too-many', values };
  const parsed = parseDetails(form);
  if ('errors' in parsed) return { errors: parsed.errors, values };
  if (doubts.some(({ confirmed }) => !confirmed)) return { problem: 'numbers', values };
  const overruled = doubts.map(({ field }) => field);
  const saved = await save(caller.session.userId, parsed.details, services, overruled);
  if (!saved) return { problem: 'unavailable', values };
  redirect('/account');
}

/** "Buy crypto" and "Continue": issues a token for this browser, seals it into a cookie for the frame, shows the page. */
export async function openWidget(): Promise<void> {
  const caller = await identifyCaller();
  if (!caller.problem && caller.userAgent) {
    // Also without a token: in some browsers it is the frame's only proof of where it was asked for.
    const sealed = (await issueSealed(caller.session, caller.userAgent)) ?? 'none';
    (await cookies()).set(handoverCookie(config().secure, sealed, HANDOVER_SECONDS));
  }
  // Whatever the problem was, the buy page is where it is said: signed out, not ready, KunaCore or database down.
  redirect('/account/buy');
}

/** "End Kuna's access": on all devices of this customer, while the sessions stay. */
export async function endAuthorisation(): Promise<void> {
  const caller = await identifyCaller();
  if (!caller.problem) await end(await services(), caller.session.userId, 'ended-by-user');
  redirect('/account');
}
