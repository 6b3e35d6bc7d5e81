import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail as it arrived. */
export interface ReceivedMail {
  /** The envelope's recipients: where it really went. */
  to: string[];
  subject: string;
  text: string;
}

/** A mail server beside a test that keeps what it is sent. */
export interface TestMailbox {
  /** For EMAIL_SERVER. */
  url: string;
  /** Oldest first. */
  mails: ReceivedMail[];
  close(): void;
}

/** For tests: starts it on a free port. */
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
