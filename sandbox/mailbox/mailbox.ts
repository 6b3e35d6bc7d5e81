import type { Server } from 'node:http';
import type { SMTPServer } from 'smtp-server';
import { MailStore } from './mail-store';
import { createSmtpServer } from './smtp';
import { createMailboxWeb } from './web';

interface Mailbox {
  smtp: SMTPServer;
  web: Server;
  store: MailStore;
}

/**
 * Creates a mailbox that shows every mail received by SMTP on the web, and forwards none.
 *
 * @param publicHost the host name in the mailbox's own address
 * @returns two servers, not listening yet, and the mails
 */
export function createMailbox(publicHost = '127.0.0.1'): Mailbox {
  const store = new MailStore();
  return { smtp: createSmtpServer(store), web: createMailboxWeb(store, publicHost), store };
}
