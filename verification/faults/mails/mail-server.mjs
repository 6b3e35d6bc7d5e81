// A mail server that is killed: keeps each mail in a file before it answers, as RFC 5321 6.1 asks for.
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

const { MAIL_PORT, MAIL_FILE = '', MAIL_DIES = '0' } = process.env;

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  maxAllowedUnauthenticatedCommands: false,
  onData(stream, { envelope }, done) {
    simpleParser(stream).then(({ messageId = '', subject = '', text = '', html, date }) => {
      const content = createHash('sha256').update(`${subject} ${text} ${html} ${date?.toISOString()}`).digest('hex');
      const to = envelope.rcptTo.map(({ address }) => address).join();
      const operation = /[?&]operation=([\w-]+)/.exec(text)?.[1] ?? '';
      appendFileSync(MAIL_FILE, `${JSON.stringify({ messageId, to, subject, operation, content })}\n`);
      // Kept, and no answer is sent: the sender cannot know it.
      if (Math.random() < Number(MAIL_DIES)) process.kill(process.pid, 'SIGKILL');
      process.send?.('accepted');
      // Long enough for a kill of the portal to come before the answer, at times.
      setTimeout(done, Math.random() * 20);
    }, done);
  },
});
server.on('error', () => {});
server.listen(Number(MAIL_PORT), '127.0.0.1', () => process.send?.('ready'));
