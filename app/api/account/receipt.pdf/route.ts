import type { NextRequest } from 'next/server';
import { getLocale, getTranslations } from 'next-intl/server';
import { documentResponse } from '@/lib/auth/document-route';
import { readCustomerName } from '@/lib/customers/name';
import { documentFooter } from '@/lib/pages/document-texts';
import { download } from '@/lib/pages/download';
import { writePdf } from '@/lib/pdf/document';
import { operationId } from '@/lib/wallet/filter-schema';
import { findOperation } from '@/lib/wallet/operations';
import { receiptOf } from '@/lib/wallet/receipt';

/** Returns the receipt of the operation with `?operation=` as PDF. Another person's leads to the page that finds none. */
export function GET(request: NextRequest): Promise<Response> {
  const id = operationId(request.nextUrl.searchParams.get('operation'));
  const page = `/account/activity/receipt?${new URLSearchParams({ operation: id ?? '' })}`;
  return documentResponse(page, async (services, walletId, userId) => {
    const operation = id && (await findOperation(services, walletId, id));
    if (!operation) return null;
    const language = await getLocale();
    const translators = { t: await getTranslations('receipt'), operations: await getTranslations('operations') };
    const customer = await readCustomerName(services, userId);
    const { title, warning, meaning, rows } = receiptOf(translators, operation, customer, language);
    const { source, issued } = await documentFooter();
    const file = await writePdf({
      language,
      title,
      blocks: [
        ...(warning ? [{ kind: 'text', text: warning, tone: 'strong' } as const] : []),
        { kind: 'text', text: meaning },
        { kind: 'facts', rows },
        { kind: 'text', text: source, tone: 'muted' },
      ],
      footer: issued,
    });
    return download('receipt', file);
  });
}
