import 'server-only';
import { getTranslations } from 'next-intl/server';
import { createTransport } from 'nodemailer';
import { brand } from '@/lib/brand/brand';
import type { Language } from '@/lib/choices';
import type { Config } from '@/lib/config/config';
import { renderMail } from './layout';
import { LINK_MINUTES } from './link-minutes';

/**
 * Sends a sign-in link.
 * @param language of the mail.
 * @param url next-auth's callback address; it holds the one-time secret, so it is never logged.
 * @throws when the mail server does not take the mail.
 */
export async function sendSignInLink(
  email: NonNullable<Config['email']>,
  { to, url, portalOrigin, language }: { to: string; url: string; portalOrigin: string; language: Language },
): Promise<void> {
  const t = await getTranslations({ locale: language, namespace: 'mail.signInLink' });
  const words = { brand: brand.name, minutes: LINK_MINUTES, host: new URL(portalOrigin).host };
  const { html, text } = renderMail({
    lang: language,
    heading: t('heading', words),
    paragraphs: [t('intro', words)],
    action: { label: t('action'), url },
    footer: t('footer', words),
  });
  const transport = createTransport(email.server, { from: email.from });
  await transport.sendMail({ to, subject: t('subject', words), html, text });
}
