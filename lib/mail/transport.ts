import 'server-only';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import type { Config } from '@/lib/config/config';
import { mailConnection } from '@/lib/network/mail';
import { traced } from '@/lib/telemetry/telemetry';

/** Returns a connection to the institution's mail server, opened at the first mail. Mails come from `EMAIL_FROM`. */
export function openTransport(
  { server, from }: NonNullable<Config['email']>,
  options: Omit<SMTPPool.Options, 'url'> | Record<string, never> = {},
): Transporter {
  const transport = createTransport({ url: server, ...mailConnection(), ...options }, { from });
  const send = transport.sendMail.bind(transport) as (mail: SendMailOptions) => Promise<unknown>;
  const attributes = { 'server.address': URL.canParse(server) ? new URL(server).hostname : 'unknown' };
  const sendMail = (mail: SendMailOptions) =>
    traced({ name: 'kuna_portal.send_mail', kind: 'client', attributes }, () => send(mail));
  return Object.assign(transport, { sendMail }) as Transporter;
}
