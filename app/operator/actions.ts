'use server';

import { redirect } from 'next/navigation';
import type { FindState } from '@/components/operator/find-customer';
import { identifyOperator } from '@/lib/auth/caller';
import { signInAgainPath } from '@/lib/auth/session';
import { asForm } from '@/lib/http/form';
import { describeError, log } from '@/lib/log';
import { act, OPERATOR_ACTIONS } from '@/lib/operator/act';
import { findCustomer } from '@/lib/operator/customers';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { services } from '@/lib/services';
import { isUuid } from '@/lib/uuid';

/** Looks a customer up by address and leads to their page. The trail knows that, and whether somebody was found. */
export async function findByAddress(_state: FindState, submitted: FormData): Promise<FindState> {
  const typed = String(asForm(submitted).get('email') ?? '');
  const caller = await identifyOperator();
  if (caller.problem) return { problem: caller.problem, typed };
  const { session } = caller;
  if (!(await withinLimit(session))) return { problem: 'too-many', typed };
  const found = await services()
    .then(async (parts) => {
      const id = await findCustomer(parts, typed);
      await recordShown(parts, session, { object: 'search', subject: id, filter: 'address', results: id ? 1 : 0 });
      return id;
    })
    .catch(unavailable);
  if (found === undefined) return { problem: 'unavailable', typed };
  if (!found) return { problem: 'none', typed };
  redirect(`/operator/customers/${found}`);
}

/**
 * One of an operator's buttons (lib/operator/act.ts) on a customer's page. When the sign-in is too old for it, leads
 * through another one back to that page, where the button has to be pressed again.
 */
export async function actOnCustomer(submitted: FormData): Promise<void> {
  const form = asForm(submitted);
  const userId = form.get('customer');
  const action = OPERATOR_ACTIONS.find((one) => one === form.get('action'));
  const caller = await identifyOperator();
  if (caller.problem || !action || !isUuid(userId)) redirect('/operator');
  const { session } = caller;
  const page = `/operator/customers/${userId}`;
  const done = (await withinLimit(session))
    ? await services()
        .then((parts) => act(parts, session, action, userId))
        .then((refused) => refused ?? action, failed)
    : 'too-many';
  redirect(done === 'sign-in-again' ? signInAgainPath(page) : `${page}?done=${done}`);
}

function unavailable(error: unknown): undefined {
  log().error({ event: 'operator_search_failed', error: describeError(error) });
}

function failed(error: unknown): 'failed' {
  log().error({ event: 'operator_action_failed', error: describeError(error) });
  return 'failed';
}
