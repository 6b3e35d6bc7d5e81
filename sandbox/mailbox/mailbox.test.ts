import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Mail } from './mail';
import { createMailbox } from './mailbox';

let smtp: SMTPServer;
let web: Server;
let smtpPort: number;
let address: string;

beforeAll(async () => {
  ({ smtp, web } = createMailbox());
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  smtpPort = (smtp.server.address() as AddressInfo).port;
  address = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise<void>((resolve) => smtp.close(resolve));
  web.close();
  web.closeAllConnections();
});
beforeEach(async () => {
  expect((await fetch(`${address}/api/mails`, { method: 'DELETE' })).status).toBe(204);
});

describe('the JSON', () => {
  it('shows a mail with both parts and each of its links once', async () => {
    const link = 'http://localhost:3000/api/auth/callback/email?token=abc&email=olena%40example.com';
    await send({
      from: '"Partner portal" <portal@example.com>',
      to: 'olena@example.com',
      subject: 'Ваше посилання',
      text: `Open ${link}.\nHelp: https://help.example/a`,
      html: `<p>Вітаємо! <a class="b" href="${link.replace('&', '&amp;')}">Sign in</a> <a href="mailto:x@y.example">write</a></p>`,
    });
    expect(await mails()).toEqual([
      {
        id: expect.any(String),
        to: 'olena@example.com',
        from: 'Partner portal <portal@example.com>',
        subject: 'Ваше посилання',
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        text: expect.stringContaining(`Open ${link}.`),
        html: expect.stringContaining('Вітаємо!'),
        links: [link, 'https://help.example/a'],
      },
    ]);
  });

  it('lists newest first, and filters by recipient regardless of case', async () => {
    await send({ to: 'olena@example.com', subject: 'first' });
    await send({ to: 'maksym@example.com', subject: 'other' });
    await send({ to: 'Olena@Example.com', bcc: 'audit@example.com', subject: 'second' });
    expect((await mails()).map((mail) => mail.subject)).toEqual(['second', 'other', 'first']);
    expect((await mails('?to=OLENA@example.com')).map((mail) => mail.subject)).toEqual(['second', 'first']);
    expect((await mails('?to=audit@example.com')).map((mail) => mail.subject)).toEqual(['second']);
    expect(await mails('?to=lena@example.com')).toEqual([]);
  });

  it('accepts a mail to many recipients, and another on the same connection', async () => {
    const people = Array.from({ length: 15 }, (_, n) => `person${n}@example.com`);
    const transport = createTransport({ host: '127.0.0.1', port: smtpPort, pool: true, maxConnections: 1 });
    await transport.sendMail({ from: 'portal@example.com', to: people, subject: 'one' });
    await transport.sendMail({ from: 'portal@example.com', to: 'person14@example.com', subject: 'two' });
    transport.close();
    expect((await mails('?to=person14@example.com')).map((mail) => mail.subject)).toEqual(['two', 'one']);
  });

  it('accepts mail with any user and password', async () => {
    await send({ to: 'olena@example.com', subject: 'signed in' }, { user: 'anybody', pass: 'anything' });
    expect(await mails()).toHaveLength(1);
  });
});

describe('the pages', () => {
  it('list the mails, or say that there are none', async () => {
    expect(await html('/')).toContain('No mail yet');
    await send({ to: 'olena@example.com', subject: 'Your <link>' });
    const list = await html('/');
    expect(list).toContain('Your &lt;link&gt;');
    expect(list).toContain('http-equiv="refresh"');
  });

  it('show a mail in a frame without scripts, whose links open outside it', async () => {
    await send({
      to: 'olena@example.com',
      subject: 'Hello',
      text: 'Open http://localhost:3000/?a=1&b=2 now',
      html: '<!doctype html><html><head><title>x</title></head><body><a href="http://localhost:3000/">Open</a></body></html>',
    });
    const [mail] = await mails();
    const page = await html(`/mails/${mail?.id}`);
    expect(page).toContain('sandbox="allow-top-navigation-by-user-activation allow-popups"');
    expect(page).toContain('Open <a href="http://localhost:3000/?a=1&amp;b=2">');

    const part = await fetch(`${address}/mails/${mail?.id}/html`);
    expect(await part.text()).toContain('<head><base target="_top"><title>');
    expect(part.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox allow-top/);
  });

  it('answer 404 for a mail that no longer exists', async () => {
    expect((await fetch(`${address}/mails/0b0e`)).status).toBe(404);
  });
});

async function send(mail: SendMailOptions, auth?: { user: string; pass: string }): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ...(auth && { auth }) });
  await transport.sendMail({ from: 'portal@example.com', text: 'Hello', ...mail });
  transport.close();
}

async function mails(query = ''): Promise<Mail[]> {
  const response = await fetch(`${address}/api/mails${query}`);
  return (await response.json()) as Mail[];
}

async function html(path: string): Promise<string> {
  return (await fetch(address + path)).text();
}
