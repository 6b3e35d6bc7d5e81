import { hostname } from 'node:os';
import type { Config } from '../../lib/config/config';
import { openTransport } from '../../lib/mail/transport';
import { failed, type Line, ok, warning } from './line';
import { type Reply, SmtpDialog } from './smtp';
import { checkTls, explain, openTls, type Server } from './tls';
import { openSocket } from './way-out';

const VARIABLE = 'EMAIL_SERVER';

type Mail = NonNullable<Config['email']>;

/**
 * Talks to the mail server up to the point where a message would follow: EHLO, STARTTLS, AUTH, MAIL FROM, RCPT TO the
 * portal's own address, RSET. Nothing is sent. Servers such as Postfix judge the sender only at RCPT.
 * @param to where one message is sent, on request.
 */
export async function checkMail(email: Config['email'], to?: string): Promise<Line[]> {
  if (!email) return [warning('no mail server is set: no sign-in links, no messages about purchases', 'set EMAIL_*')];
  const from = addressOf(email.from);
  if (!from) return [failed('EMAIL_FROM holds no address', 'write it as address, or as "Name <address>"')];
  const server = serverOf(email.server);
  const lines: Line[] = [];
  let dialog: SmtpDialog | undefined;
  try {
    dialog = await greet(server, lines);
    if (dialog) lines.push(...(await checkSender(dialog, new URL(email.server), from)));
  } catch (error) {
    lines.push(explain(error, server));
  } finally {
    dialog?.socket.end('QUIT\r\n');
  }
  if (!to || lines.some(({ kind }) => kind === 'failed')) return lines;
  return [...lines, await send(email, to)];
}

interface MailServer extends Server {
  isTls: boolean;
  requiresTls: boolean;
  name: string;
}

function serverOf(address: string): MailServer {
  const { protocol, hostname: host, port, searchParams } = new URL(address);
  const isTls = protocol === 'smtps:';
  return {
    variable: VARIABLE,
    host,
    port: Number(port) || (isTls ? 465 : 587),
    servername: searchParams.get('tls.servername') ?? undefined,
    isTls,
    requiresTls: searchParams.get('requireTLS') === 'true',
    name: searchParams.get('name') ?? hostname(),
  };
}

function addressOf(from: string): string | null {
  const address = /<([^<>]*)>\s*$/.exec(from)?.[1] ?? from.trim();
  return /^[^\s@<>]+@[^\s@<>]+$/.test(address) ? address : null;
}

/** Opens the dialog up to EHLO, inside TLS where the settings ask for it. Adds what it finds to the lines. */
async function greet(server: MailServer, lines: Line[]): Promise<SmtpDialog | undefined> {
  if (server.isTls) {
    const tls = await checkTls(server);
    lines.push(tls);
    if (tls.kind === 'failed') return undefined;
  }
  let dialog = new SmtpDialog(server.isTls ? await openTls(server) : await openSocket(server));
  const greeting = await dialog.reply();
  if (greeting.code !== 220) {
    lines.push(
      failed(`the mail server greets with ${greeting.code}`, 'ask its operators whether this machine is blocked'),
    );
    return dialog;
  }
  let hello = await dialog.say(`EHLO ${server.name}`);
  const offersTls = hello.lines.some((line) => /\bSTARTTLS\b/i.test(line));
  if (!server.isTls && server.requiresTls && !offersTls) {
    lines.push(
      failed(
        'the mail server offers no STARTTLS, and requireTLS asks for it',
        `use smtps:// with its TLS port (465) in ${VARIABLE}, or switch TLS on at the server`,
      ),
    );
    return dialog;
  }
  if (!server.isTls && offersTls) {
    await dialog.say('STARTTLS');
    dialog = new SmtpDialog(await openTls(server, dialog.detach()));
    hello = await dialog.say(`EHLO ${server.name}`);
    lines.push(ok(`${server.host}:${server.port} answers, with STARTTLS`));
  } else if (!server.isTls) lines.push(ok(`${server.host}:${server.port} answers, without TLS`));
  Object.assign(dialog, { hello });
  return dialog;
}

async function checkSender(dialog: SmtpDialog, url: URL, from: string): Promise<Line[]> {
  const hello = (dialog as { hello?: Reply }).hello;
  if (!hello) return [];
  const login = await checkLogin(dialog, url, hello);
  if (login.some(({ kind }) => kind === 'failed')) return login;
  const sender = await dialog.say(`MAIL FROM:<${from}>`);
  // The portal's own address: no stranger's mailbox is asked about, and RSET takes all of it back.
  const recipient = sender.code < 400 ? await dialog.say(`RCPT TO:<${from}>`) : null;
  await dialog.say('RSET');
  return [...login, judgeSender(recipient ?? sender, from, login.length > 0)];
}

async function checkLogin(dialog: SmtpDialog, { username, password }: URL, hello: Reply): Promise<Line[]> {
  const offered = hello.lines
    .map((line) => /\bAUTH[ =](.*)/i.exec(line)?.[1] ?? '')
    .join(' ')
    .toUpperCase();
  if (!username) {
    if (!offered.trim()) return [];
    return [ok('the mail server offers a login, and the settings have none')];
  }
  if (!/\b(PLAIN|LOGIN)\b/.test(offered))
    return [
      failed(
        'the mail server offers no login that the portal knows (AUTH PLAIN or LOGIN)',
        `use its submission port (587 or 465) in ${VARIABLE}, or remove user name and password`,
      ),
    ];
  const reply = await logIn(dialog, decodeURIComponent(username), decodeURIComponent(password), offered);
  if (reply.code === 235) return [ok('the mail server accepts user name and password')];
  if (reply.code < 500)
    return [
      failed(`the mail server cannot check a login now (${reply.code})`, 'ask its operators to look into its log'),
    ];
  return [
    failed(
      `the mail server refuses user name or password (${reply.code})`,
      `compare them in ${VARIABLE}; write @ : / ? # % in them percent-encoded`,
    ),
  ];
}

async function logIn(dialog: SmtpDialog, user: string, password: string, offered: string): Promise<Reply> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  if (/\bPLAIN\b/.test(offered)) return dialog.say(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`);
  const asked = await dialog.say('AUTH LOGIN');
  if (asked.code !== 334) return asked;
  await dialog.say(base64(user));
  return dialog.say(base64(password));
}

function judgeSender({ code, status }: Reply, from: string, hasLoggedIn: boolean): Line {
  const why = [code, status].filter(Boolean).join(' ');
  if (code < 400) return ok(`the mail server takes messages from ${from}`);
  if (code === 530 || (code === 554 && !hasLoggedIn && status === '5.7.0') || status === '5.7.11')
    return failed(`the mail server wants a login or TLS first (${why})`, `write user:password@ in ${VARIABLE}`);
  // The portal's own mailbox need not exist.
  if (status === '5.1.1') return ok(`the mail server takes messages from ${from}, which has no mailbox there`);
  if (code < 500) return warning(`the mail server asks to try again later (${why})`, 'run this again in a few minutes');
  return failed(
    `the mail server refuses messages from ${from} (${why})`,
    'set EMAIL_FROM to an address that this login may send from, or allow it at the server',
  );
}

async function send(email: Mail, to: string): Promise<Line> {
  const transport = openTransport(email);
  try {
    await transport.sendMail({ to, subject: 'Test of the portal', text: 'This message was sent by npm run doctor.' });
    return ok(`a message to ${to} was taken: see whether it arrives, and not as spam`);
  } catch (error) {
    const { responseCode } = error as { responseCode?: number };
    return failed(`the message to ${to} was refused (${responseCode ?? 'no reply'})`, "see the mail server's log");
  } finally {
    transport.close();
  }
}
