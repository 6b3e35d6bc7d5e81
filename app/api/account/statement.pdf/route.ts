import type { NextRequest } from 'next/server';
import { getLocale, getTranslations } from 'next-intl/server';
import { documentResponse } from '@/lib/auth/document-route';
import { readCustomerName } from '@/lib/customers/name';
import { documentFooter } from '@/lib/pages/document-texts';
import { download } from '@/lib/pages/download';
import { type Block, writePdf } from '@/lib/pdf/document';
import { periodOf, readStatement } from '@/lib/wallet/statement';
import { statementTexts } from '@/lib/wallet/statement-texts';

/** Returns the statement of a period as PDF. */
export function GET(request: NextRequest): Promise<Response> {
  const period = periodOf(Object.fromEntries(request.nextUrl.searchParams));
  const page = `/account/activity/statement?${new URLSearchParams(period)}`;
  return documentResponse(page, async (services, walletId, userId) => {
    const statement = await readStatement(services, walletId, period);
    const language = await getLocale();
    const t = await getTranslations('statement');
    const translators = { t, operations: await getTranslations('operations') };
    const { dates, columns, rows, totals } = statementTexts(translators, statement, period, language);
    const { source, issued } = await documentFooter();
    const figures: Block[] = [
      { kind: 'table', columns, rows },
      { kind: 'heading', text: t('totals') },
      { kind: 'facts', rows: totals },
      { kind: 'text', text: t('feeNote'), tone: 'muted' },
    ];
    const file = await writePdf({
      language,
      title: `${t('title')} · ${dates}`,
      blocks: [
        { kind: 'text', text: await readCustomerName(services, userId) },
        ...(statement.isCut ? [{ kind: 'text', text: t('cut'), tone: 'strong' } as const] : []),
        ...(rows.length > 0 ? figures : [{ kind: 'text', text: t('none') } as const]),
        { kind: 'text', text: source, tone: 'muted' },
      ],
      footer: issued,
    });
    return download('statement', file);
  });
}
