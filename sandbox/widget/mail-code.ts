import { createTransport } from 'nodemailer';

export interface MailOptions {
  host: string;
  port: number;
  /** The sender in a mail's From. */
  from: string;
}

/** Sends a one-time code. Rejects if the mail server does not accept it. */
export type SendCode = (email: string, digits: string) => Promise<void>;

/** Sends one-time codes over plain SMTP. */
export function createCodeMailer({ host, port, from }: MailOptions): SendCode {
  const transport = createTransport({
    host,
    port,
    secure: false,
    ignoreTLS: true, // the sandbox's mail server is local, and its certificate names no host
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
  });
  return async (email, digits) => {
    await transport.sendMail({
      from,
      to: { name: '', address: email },
      subject: `${digits} is your KUNA code`,
      text: [
        `Your one-time code for the KUNA widget: ${digits}`,
        '',
        'It works for 10 minutes, in the window where you asked for it.',
        'If you did not request it, ignore this e-mail: signing in requires the code.',
        '',
        'Sandbox: this mail was sent by an imitation of KUNA.',
      ].join('\n'),
    });
  };
}
