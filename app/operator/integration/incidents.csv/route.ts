import { requireOperator } from '@/lib/auth/session';
import { incidentsCsv, listIncidents } from '@/lib/integration/incidents';
import { withinLimit } from '@/lib/operator/read';
import { download } from '@/lib/pages/download';
import { formRoute } from '@/lib/pages/form-route';
import { tooManyPage } from '@/lib/pages/too-many';
import { getServices } from '@/lib/services';

/** Bounds the work that one click causes. */
const MOST = 10_000;

/** Returns all incidents as a file for a spreadsheet. It names no person. */
export const GET = formRoute({ unconfirmed: 'file', back: '/operator/integration' }, async () => {
  const operator = await requireOperator('/operator/integration', 'read-integration');
  if (!(await withinLimit(operator))) return tooManyPage(60, '/operator/integration');
  return download('incidents', incidentsCsv(await listIncidents(await getServices(), MOST)));
});
