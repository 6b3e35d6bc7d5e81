import 'server-only';
import { createTranslator } from 'next-intl';
import { brand } from '@/lib/brand/brand';
import type { Language } from '@/lib/choices';
import type { Config } from '@/lib/config/config';
import { defaultLanguage, toLanguage } from '@/lib/config/language';
import { formatDate } from '@/lib/date-format';
import type english from '@/lib/messages/en.json';
import { type Kind, OPTIONAL_KINDS } from '@/lib/notifications/kinds';
import { type Mailer, MailUnavailable, type Message, MessageRefused } from '@/lib/notifications/mailer';
import { describeBrowser } from '@/lib/sessions/devices';
import { renderMail } from './layout';
import { openTransport } from './transport';

/** The time that a server may need before it answers the end of a message (RFC 5321 4.5.3.2.6). Giving up earlier sends it again. */
const ANSWER_MS = 10 * 60_000;
const CONNECT_MS = 10_000;
const CONNECTIONS = 4;
const LONG = { dateStyle: 'long', timeStyle: 'short' } as const;

/** Returns a mailer with connections of its own, which `close` ends. */
export function openMailer(email: NonNullable<Config['email']>, portalOrigin: string): Mailer {
  const transport = openTransport(email, {
    pool: true,
    maxConnections: CONNECTIONS,
    // The outbox tries again. The transport would send a message again whose answer was lost.
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
  });
  return {
    async send(message) {
      const mail = await composeMail(message, portalOrigin);
      await transport.sendMail(mail).catch((error: unknown) => {
        throw toMailError(error);
      });
    },
    close: () => transport.close(),
  };
}

/** Returns a message as it is sent. Every attempt has the same content, so that it is recognised as one mail. */
export async function composeMail(message: Message, portalOrigin: string) {
  const { id, kind, createdAt, to } = message;
  const locale = toLanguage(message.language) ?? defaultLanguage();
  const t = await translator(locale);
  const host = new URL(portalOrigin).host;
  const { html, text } = renderMail({
    lang: locale,
    heading: t(`${kind}.heading`),
    paragraphs: paragraphs(t, message, locale),
    action: { label: t(`${kind}.action`), url: portalOrigin + pathOf(message) },
    footer: t(isOptional(kind) ? 'footer.optional' : 'footer.required', { host }),
  });
  return {
    ...{ to, subject: t(`${kind}.subject`), html, text },
    messageId: `<${id}@${new URL(portalOrigin).hostname}>`,
    date: createdAt,
    // Keeps out-of-office replies away (RFC 3834 5).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

type Translator = Awaited<ReturnType<typeof translator>>;

/** Not next-intl's own of a request: mails are sent in the background. */
async function translator(locale: Language) {
  const { default: messages } = (await import(`@/lib/messages/${locale}.json`)) as { default: typeof english };
  return createTranslator({ locale, messages, namespace: 'mail' });
}

function paragraphs(t: Translator, { kind, createdAt, userAgent }: Message, locale: Language): string[] {
  const { phone } = brand.support;
  switch (kind) {
    case 'purchase-declined':
      return [t('purchase-declined.text', { phone })];
    case 'details-changed':
      return [
        t('details-changed.text', { when: formatDate(createdAt, locale, LONG) }),
        t('details-changed.notYou', { phone }),
      ];
    case 'new-device': {
      const when = formatDate(createdAt, locale, LONG);
      const { browser, system } = describeBrowser(userAgent);
      const device = browser && system ? t('new-device.device', { browser, system }) : null;
      const first = device ? t('new-device.text', { when, device }) : t('new-device.textUnknown', { when });
      return [first, t('new-device.notYou', { phone })];
    }
    default:
      return [t(`${kind}.text`)];
  }
}

/** Returns the page of the portal that a message is about. It asks for the usual sign-in. */
function pathOf({ kind, subject }: Message): string {
  switch (kind) {
    case 'ready':
      return '/account';
    case 'new-device':
      return '/account/devices';
    case 'details-changed':
    case 'details-returned':
      return '/account/details';
    default:
      return `/account/activity?${new URLSearchParams({ operation: subject })}`;
  }
}

function isOptional(kind: Kind): boolean {
  return OPTIONAL_KINDS.some((optional) => optional === kind);
}

/**
 * Returns what an error of the transport means. Only the answers to RCPT and DATA are about this message; a server that
 * rejects the sender, the sign-in or the connection takes none.
 */
export function toMailError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, command = '', responseCode } = error as { code?: string; command?: string; responseCode?: number };
  // 421: the server is closing down (RFC 5321 4.2.3).
  const isOfMessage =
    (command === 'RCPT TO' || command === 'DATA') && responseCode !== undefined && responseCode !== 421;
  if (isOfMessage) return new MessageRefused(responseCode);
  if (code === 'EENVELOPE' && command === 'API') return new MessageRefused(553);
  return code ? new MailUnavailable(code, { cause: error }) : error;
}
