// What messages say, and what a real mail server's answers mean.
// ASVS 5.0: 6.3.5 6.3.7 14.2.1
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { parseEnv } from 'node:util';
import { TZDate } from '@date-fns/tz';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { brand } from '@/lib/brand/brand';
import { LANGUAGES } from '@/lib/choices';
import { KINDS } from '@/lib/notifications/kinds';
import { MailUnavailable, type Message, MessageRefused } from '@/lib/notifications/mailer';
import { NO_LISTENER } from '@/tests/portal';
import { composeMail, openMailer } from './notification';

Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')));

const PORTAL = 'https://portal.example.com';
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36';

const MESSAGE: Message = {
  id: 'b7a1f2f4-0000-4000-8000-000000000001',
  kind: 'purchase-completed',
  subject: 'op-1&next=https://evil.example',
  createdAt: new Date(new TZDate(2026, 10, 27, 0, 19, brand.timeZone).getTime()),
  to: 'olena@example.test',
  language: 'en',
  userAgent: USER_AGENT,
};

const PAGES: Partial<Record<Message['kind'], string>> = {
  ready: '/account',
  'new-device': '/account/devices',
  'details-changed': '/account/details',
  'details-returned': '/account/details',
};

describe.each(LANGUAGES)('in %s', (language) => {
  test.each(KINDS)('%s leads to its page and nowhere else, and has no amount in its subject', async (kind) => {
    const mail = await composeMail({ ...MESSAGE, kind, language }, PORTAL);
    const page = PAGES[kind] ?? '/account/activity?operation=op-1%26next%3Dhttps%3A%2F%2Fevil.example';
    expect(mail.text.match(/https?:\/\/\S+/g)).toEqual([PORTAL + page]);
    expect([...mail.html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([PORTAL + page]);
    expect(mail.subject).not.toMatch(/\d/);
    expect(mail.html).toContain(`<html lang="${language}">`);
    // The same in every attempt.
    expect(await composeMail({ ...MESSAGE, kind, language }, PORTAL)).toEqual(mail);
    expect(mail).toMatchObject({ messageId: `<${MESSAGE.id}@portal.example.com>`, date: MESSAGE.createdAt });
  });
});

test('a new sign-in names the browser and the time of the institution, in day-month order and 24 hours', async () => {
  const mail = await composeMail({ ...MESSAGE, kind: 'new-device' }, PORTAL);
  expect(mail.text).toContain('27 November 2026 at 00:19');
  expect(mail.text).toContain('Chrome on Linux');
  const gone = await composeMail({ ...MESSAGE, kind: 'new-device', userAgent: null }, PORTAL);
  expect(gone.text).toContain('a browser we haven’t seen before.');
});

test('without a chosen language a mail is in the institution’s', async () => {
  const { html } = await composeMail({ ...MESSAGE, language: null }, PORTAL);
  expect(html).toContain(`<html lang="${brand.language}">`);
});

/** Starts a mail server and sends one message to it. @returns what the sender learns. */
async function sendTo(handlers: Partial<SMTPServerOptions>): Promise<unknown> {
  const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], ...handlers });
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => void server.close());
  return send(`smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`);
}

async function send(server: string): Promise<unknown> {
  const mailer = openMailer({ server, from: 'bank@example.com' }, PORTAL);
  try {
    await mailer.send({ ...MESSAGE, id: randomUUID() });
    return 'accepted';
  } catch (error) {
    return error;
  } finally {
    mailer.close();
  }
}

const answer = (responseCode: number) => Object.assign(new Error('no'), { responseCode });

test.each([550, 552, 451])('%i to the recipient or the content is about this message', async (code) => {
  const recipient = await sendTo({ onRcptTo: (_address, _session, done) => done(answer(code)) });
  expect(recipient).toEqual(new MessageRefused(code));
  const content = await sendTo({
    onData(stream, _session, done) {
      stream.resume().once('end', () => done(answer(code)));
    },
  });
  expect(content).toEqual(new MessageRefused(code));
  expect((recipient as MessageRefused).isFinal).toBe(code !== 451);
});

test('a server that rejects the sender, closes down, breaks off or does not listen is unavailable', async () => {
  const unavailable = expect.any(MailUnavailable);
  expect(await sendTo({ onMailFrom: (_address, _session, done) => done(answer(550)) })).toEqual(unavailable);
  expect(await sendTo({ onRcptTo: (_address, _session, done) => done(answer(421)) })).toEqual(unavailable);
  expect(await sendTo({ onConnect: (_session, done) => done(answer(554)) })).toEqual(unavailable);
  expect(await send(NO_LISTENER.replace('http', 'smtp'))).toEqual(unavailable);
});

test('sends a message whose answer is lost only one time by itself', async () => {
  let arrived = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {}).write('220 ready\r\n');
    socket.on('data', (data) => {
      const text = data.toString();
      if (text.endsWith('\r\n.\r\n')) {
        arrived += 1;
        socket.destroy();
      } else if (/^DATA/i.test(text)) socket.write('354 go on\r\n');
      else if (/^(EHLO|MAIL|RCPT)/i.test(text)) socket.write('250 fine\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const lost = await send(`smtp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect([lost, arrived]).toEqual([expect.any(MailUnavailable), 1]);
});
