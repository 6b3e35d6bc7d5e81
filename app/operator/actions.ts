'use server';

import { redirect } from 'next/navigation';
import type { FindState } from '@/components/operator/find-customer';
import { identifyOperator } from '@/lib/auth/caller';
import { asForm } from '@/lib/http/form';
import { describeError, log } from '@/lib/log';
import { act, OPERATOR_ACTIONS } from '@/lib/operator/act';
import { findCustomer } from '@/lib/operator/customers';
import { countFor } from '@/lib/rate-limits/request';
import { services } from '@/lib/services';
import { isUuid } from '@/lib/uuid';

/** Looks a customer up by address and leads to their page. */
export async function findByAddress(_state: FindState, submitted: FormData): Promise<FindState> {
  const typed = String(asForm(submitted).get('email') ?? '');
  const caller = await identifyOperator();
  if (caller.problem) return { problem: caller.problem, typed };
  if (!(await countFor('operator-account', caller.session.userId)).allowed) return { problem: 'too-many', typed };
  const found = await findCustomer(await services(), typed).catch(unavailable);
  if (found === undefined) return { problem: 'unavailable', typed };
  if (!found) return { problem: 'none', typed };
  redirect(`/operator/customers/${found}`);
}

/** One of an operator's buttons (lib/operator/act.ts) on a customer's page. */
export async function actOnCustomer(submitted: FormData): Promise<void> {
  const form = asForm(submitted);
  const userId = form.get('customer');
  const action = OPERATOR_ACTIONS.find((one) => one === form.get('action'));
  const caller = await identifyOperator();
  if (caller.problem || !action || !isUuid(userId)) redirect('/operator');
  const done = (await countFor('operator-account', caller.session.userId)).allowed
    ? await services()
        .then((parts) => act(parts, caller.session.userId, action, userId))
        .then(() => action, failed)
    : 'too-many';
  redirect(`/operator/customers/${userId}?done=${done}`);
}

function unavailable(error: unknown): undefined {
  log().error({ event: 'operator_search_failed', error: describeError(error) });
}

function failed(error: unknown): 'failed' {
  log().error({ event: 'operator_action_failed', error: describeError(error) });
  return 'failed';
}
