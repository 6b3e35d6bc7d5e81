import { getRequestConfig } from 'next-intl/server';
import { brand } from '@/lib/brand/brand';
import { requestLanguage } from './language';

/** Configures next-intl for a request. A mail sets its own language. */
export default getRequestConfig(async ({ locale: requested }) => {
  const locale = requested ?? (await requestLanguage());
  return { locale, messages: (await import(`@/lib/messages/${locale}.json`)).default, timeZone: brand.timeZone };
});
