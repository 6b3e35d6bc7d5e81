import 'server-only';
import { getTranslations } from 'next-intl/server';
import { brand } from '@/lib/brand/brand';
import type { Language } from '@/lib/choices';
import type { Config } from '@/lib/config/config';
import { renderMail } from './layout';
import { LINK_MINUTES } from './link-minutes';
import { openTransport } from './transport';

/**
 * Sends a sign-in link.
 * @param language of the mail.
 * @param url the address of the link. Contains the one-time secret, so it must not be logged.
 * @throws when the mail server rejects the mail.
 */
export async function sendSignInLink(
  email: NonNullable<Config['email']>,
  { to, url, portalOrigin, language }: { to: string; url: string; portalOrigin: string; language: Language },
): Promise<void> {
  const t = await getTranslations({ locale: language, namespace: 'mail.signInLink' });
  const values = { brand: brand.name, minutes: LINK_MINUTES, host: new URL(portalOrigin).host };
  const { html, text } = renderMail({
    lang: language,
    heading: t('heading', values),
    paragraphs: [t('intro', values)],
    action: { label: t('action'), url },
    footer: t('footer', values),
  });
  const transport = openTransport(email);
  await transport.sendMail({ to, subject: t('subject', values), html, text });
}
