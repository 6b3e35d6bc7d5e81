import { randomUUID } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { findLinks, type Mail } from './mail';
import type { MailStore } from './mail-store';

const MAX_BYTES = 10 * 1024 * 1024;
/** The time that `close` waits for a mail in transfer, in milliseconds. */
const CLOSE_TIMEOUT = 500;

/** Accepts every mail, with any or no credentials, without TLS. Delivers to the store only. */
export function createSmtpServer(store: MailStore): SMTPServer {
  const server = new SMTPServer({
    banner: 'Sandbox mailbox',
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    closeTimeout: CLOSE_TIMEOUT,
    maxAllowedUnauthenticatedCommands: false,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anybody' }),
    onData(stream, session, done) {
      simpleParser(stream, { skipImageLinks: true, skipTextToHtml: true }).then(
        (parsed) => {
          if (stream.sizeExceeded) return done(new Error('The mail is larger than 10 MB'));
          store.add(toMail(parsed, session));
          done();
        },
        (error: Error) => done(error),
      );
    },
  });
  // A client that disconnects must not end the process. The caller of `listen` gets its errors.
  server.on('error', () => {});
  return server;
}

type Parsed = Awaited<ReturnType<typeof simpleParser>>;

function toMail(parsed: Parsed, { envelope }: SMTPServerSession): Mail {
  const html = parsed.html || '';
  const text = parsed.text ?? '';
  return {
    id: randomUUID(),
    to: envelope.rcptTo.map(({ address }) => address).join(', '),
    from: sender(parsed) ?? (envelope.mailFrom ? envelope.mailFrom.address : ''),
    subject: parsed.subject ?? '',
    date: new Date().toISOString(),
    text,
    html,
    links: findLinks(html, text),
  };
}

/** Formats `Name <address>` without the quotes that the header may need. */
function sender(parsed: Parsed): string | undefined {
  const [first] = parsed.from?.value ?? [];
  return first?.name ? `${first.name} <${first.address}>` : first?.address;
}
