import { getRequestConfig } from 'next-intl/server';

/** next-intl asks for this once per request. */
export default getRequestConfig(async () => {
  const locale = 'en';
  return { locale, messages: (await import(`./messages/${locale}.json`)).default, timeZone: 'Europe/Kyiv' };
});
