import { stringify } from 'csv-stringify/sync';
import type { NextRequest } from 'next/server';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { requireOperator } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { formatForSpreadsheet } from '@/lib/date-format';
import { namesOf } from '@/lib/operator/contact';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { operatorsIn, readStory, type StoryLine } from '@/lib/operator/story';
import { whatOf } from '@/lib/operator/story-words';
import { download } from '@/lib/pages/download';
import { formRoute } from '@/lib/pages/form-route';
import { tooManyPage } from '@/lib/pages/too-many';
import { getServices } from '@/lib/services';

/** Bounds the work that one click causes. */
const MOST = 10_000;

/** Returns a customer's timeline as a file for a spreadsheet. The audit log records it. */
export const GET = formRoute(
  { unconfirmed: 'file', back: '/operator' },
  async (_request: NextRequest, { params }: { params: Promise<{ id: string }> }) => {
    const { id } = await params;
    const operator = await requireOperator('/operator', 'export-audit-log');
    if (!(await withinLimit(operator))) return tooManyPage(60, '/operator');
    if (!z.uuid().safeParse(id).success) return new Response(null, { status: 404 });
    const services = await getServices();
    const { lines } = await readStory(services, id, { limit: MOST });
    await recordShown(services, operator, { object: 'timeline', subject: id, results: lines.length });
    const names = await namesOf(services, operatorsIn(lines));
    return download('timeline', stringify(await toRows(lines, names), { bom: true, escape_formulas: true }));
  },
);

async function toRows(lines: StoryLine[], names: Map<string, string>): Promise<string[][]> {
  const t = await getTranslations('support.story');
  const who = (actor: string) => {
    const [kind, id = ''] = actor.split(':');
    return kind === 'operator' ? (names.get(id) ?? id) : t(kind === 'user' ? 'who.customer' : 'who.system');
  };
  const heading = (['at', 'what', 'who', 'event', 'facts'] as const).map((column) =>
    t(`csv.${column}`, { zone: brand.timeZone }),
  );
  return [
    heading,
    ...lines.map((line) => [
      formatForSpreadsheet(line.at.toISOString(), brand.timeZone) ?? '',
      t(`says.${line.event}`, { what: whatOf(line) }),
      who(line.actor),
      line.event,
      JSON.stringify(line.facts),
    ]),
  ];
}
