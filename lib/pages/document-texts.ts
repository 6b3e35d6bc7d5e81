import 'server-only';
import { getLocale, getTranslations } from 'next-intl/server';
import { brand } from '@/lib/brand/brand';
import { formatDate } from '@/lib/date-format';

/** Returns the lines below every document: where its figures come from, who issued it and when. */
export async function documentFooter(now = new Date()): Promise<{ source: string; issued: string }> {
  const t = await getTranslations('receipt');
  const { name, support, timeZone } = brand;
  const when = formatDate(now, await getLocale());
  return { source: t('source', { zone: timeZone }), issued: t('issued', { brand: name, phone: support.phone, when }) };
}
