import type { NextRequest } from 'next/server';
import { z } from 'zod';
import { requireOperator, signInAgainPath } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { performOperatorAction } from '@/lib/operator/actions';
import { withinLimit } from '@/lib/operator/read';
import { toReason } from '@/lib/operator/reasons';
import { download } from '@/lib/pages/download';
import { formRoute } from '@/lib/pages/form-route';
import { tooManyPage } from '@/lib/pages/too-many';
import { exportData } from '@/lib/privacy/export-data';
import { countFor } from '@/lib/rate-limits/request';
import { getServices } from '@/lib/services';
import { setFlash } from '@/lib/sessions/flash';

type Context = { params: Promise<{ id: string }> };

/** Leads a typed or restored address to the confirmation. Customers get 404, as everywhere in the support console. */
export const GET = formRoute({ unconfirmed: 'file', back: '/operator' }, async (_request, { params }: Context) => {
  const operator = await requireOperator('/operator', 'export');
  if (!(await withinLimit(operator))) return tooManyPage(60, '/operator');
  return seeOther(`/operator/customers/${(await params).id}/export`);
});

/**
 * Hands a customer's data out to an operator: what the customer's own download has, notes of colleagues left out.
 * The audit log records who and why before.
 */
export const POST = formRoute(
  { unconfirmed: 'file', back: '/operator' },
  async (request: NextRequest, { params }: Context) => {
    if (!isSameOrigin(request.headers, config().portalOrigin)) return new Response(null, { status: 403 });
    const { id } = await params;
    const operator = await requireOperator('/operator', 'export');
    if (!(await withinLimit(operator))) return tooManyPage(60, '/operator');
    if (!z.uuid().safeParse(id).success) return new Response(null, { status: 404 });
    const page = `/operator/customers/${id}`;
    const use = await countFor('own-data-account', operator.userId);
    if (!use.allowed) return tooManyPage(use.retryInSeconds, page);
    const form = await request.formData().catch(() => new FormData());
    const services = await getServices();
    const reason = toReason('export', form.get('reason'), form.get('text'));
    const given = typeof reason === 'string' ? null : reason;
    const outcome = (await performOperatorAction(services, operator, 'export', id, given)) ?? 'export';
    if (outcome === 'sign-in-again') return seeOther(signInAgainPath(page));
    if (outcome === 'no-reason') {
      await setFlash(services, operator, id, String(reason));
      return seeOther(`${page}/export`);
    }
    const data = outcome === 'export' ? await exportData(services, id) : null;
    await setFlash(services, operator, id, outcome);
    return data ? download('customerData', JSON.stringify(data, null, 2)) : seeOther(page);
  },
);

function seeOther(path: string): Response {
  return new Response(null, { status: 303, headers: { location: config().portalOrigin + path } });
}
