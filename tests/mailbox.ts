import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A received mail. */
export interface ReceivedMail {
  /** The envelope's recipients, to whom it was really delivered. */
  to: string[];
  subject: string;
  text: string;
}

/** A mail server that keeps the mails it receives. */
export interface TestMailbox {
  /** The value of EMAIL_SERVER. */
  url: string;
  /** Oldest first. */
  mails: ReceivedMail[];
  close(): void;
}

/** Starts the mail server on a free port. */
export async function startMailbox(): Promise<TestMailbox> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData(stream, { envelope }, done) {
      simpleParser(stream).then(({ subject = '', text = '' }) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), subject, text });
        done();
      }, done);
    },
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, mails, close: () => void server.close() };
}
