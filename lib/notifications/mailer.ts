import type { Language } from '@/lib/choices';
import type { Kind } from './kinds';

/** A message that is due, with everything that its text needs. */
export interface Message {
  /** Names the mail in every attempt. */
  id: string;
  kind: Kind;
  subject: string;
  createdAt: Date;
  to: string;
  /** The language that the person chose; null for the institution's. */
  language: Language | null;
  /** The browser of a new sign-in; null when its session has ended. */
  userAgent: string | null;
}

/** Sends messages. The portal's own is lib/mail/notification.ts. */
export interface Mailer {
  /**
   * Sends one message.
   * @returns once the mail server has accepted it.
   * @throws MessageRefused when the server does not take this message; MailUnavailable.
   */
  send(message: Message): Promise<void>;
  /** Closes the connections of a round. */
  close(): void;
}

/** The mail server cannot be reached, or takes no message of the portal's. */
export class MailUnavailable extends Error {
  override readonly name = 'MailUnavailable';
}

/** The mail server works and did not take this message. */
export class MessageRefused extends Error {
  override readonly name = 'MessageRefused';
  /** @param status the server's reply code, such as 550. Above 499 it is final (RFC 5321 4.2.1). */
  constructor(readonly status: number) {
    super(`refused with ${status}`);
  }

  get isFinal(): boolean {
    return this.status >= 500;
  }
}
