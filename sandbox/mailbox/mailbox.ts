import type { Server } from 'node:http';
import type { SMTPServer } from 'smtp-server';
import { MailStore } from './mail-store';
import { createSmtpServer } from './smtp';
import { createMailboxWeb } from './web';

/**
 * A mailbox for everybody: what comes in by SMTP is shown on the web, and goes nowhere else.
 *
 * @param publicHost the name in the mailbox's own address
 * @returns two servers that do not listen yet
 */
export function createMailbox(publicHost = '127.0.0.1'): { smtp: SMTPServer; web: Server } {
  const store = new MailStore();
  return { smtp: createSmtpServer(store), web: createMailboxWeb(store, publicHost) };
}
