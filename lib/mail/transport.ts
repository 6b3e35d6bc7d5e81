import 'server-only';
import { createTransport, type Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import type { Config } from '@/lib/config/config';
import { mailConnection } from '@/lib/network/mail';

/** Returns a connection to the institution's mail server, opened at the first mail. Mails come from `EMAIL_FROM`. */
export function openTransport(
  { server, from }: NonNullable<Config['email']>,
  options: Omit<SMTPPool.Options, 'url'> | Record<string, never> = {},
): Transporter {
  return createTransport({ url: server, ...mailConnection(), ...options }, { from });
}
