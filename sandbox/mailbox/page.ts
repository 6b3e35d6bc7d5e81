import { escapeHtml } from '../identity/escape-html';
import { type Mail, splitByLinks } from './mail';

/** The path of the style sheet. */
export const STYLE_PATH = '/page.css';

/** The sandbox of the mail's frame: links open in this tab or a new one, scripts do not run. */
export const FRAME_PERMISSIONS = 'allow-top-navigation-by-user-activation allow-popups';

const ENVELOPE =
  '<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><rect x="3.5" y="5.5" width="17" height="13" rx="2.5"/><path d="m4 7.5 8 6 8-6"/></svg>';

/** Renders all mails, newest first. The page reloads every five seconds. */
export function listPage(mails: Mail[], now: Date): string {
  const content =
    mails.length === 0 ? emptyList() : `<ol class="mails">${mails.map((mail) => row(mail, now)).join('')}</ol>`;
  return page('Inbox', `<h1>Inbox</h1>\n${content}`, '<meta http-equiv="refresh" content="5">');
}

/** Renders one mail: its HTML part in a frame, its text part with links below. */
export function mailPage(mail: Mail, now: Date): string {
  const frame = `<iframe class="html-part" src="/mails/${mail.id}/html" title="The mail" sandbox="${FRAME_PERMISSIONS}"></iframe>`;
  return page(
    mail.subject || 'No subject',
    `<p class="back"><a href="/">← Inbox</a></p>
    <article>
      <h1>${subject(mail)}</h1>
      <dl>
        <div><dt>From</dt><dd>${escapeHtml(mail.from)}</dd></div>
        <div><dt>To</dt><dd>${escapeHtml(mail.to)}</dd></div>
        <div><dt>Received</dt><dd>${time(mail, now)}</dd></div>
      </dl>
      ${mail.html ? frame : ''}
      <h2>Plain text</h2>
      <div class="text-part">${mail.text ? linkedText(mail.text) : '<em>This mail has no text part.</em>'}</div>
    </article>`,
  );
}

/** Renders the page for an unknown address, such as a mail from before a restart. */
export function missingPage(): string {
  return page(
    'Not here',
    `<div class="empty"><h1>Not here</h1><p>Mails are kept in memory: a restart forgets them. <a href="/">Back to the inbox</a></p></div>`,
  );
}

/** Renders the mail's own HTML with links that open outside the frame. */
export function htmlPart(mail: Mail): string {
  const base = '<base target="_top">';
  return /<head\b[^>]*>/i.test(mail.html) ? mail.html.replace(/<head\b[^>]*>/i, `$&${base}`) : base + mail.html;
}

function emptyList(): string {
  return `<div class="empty"><h2>No mail yet</h2><p>Every mail from the portal and the widget arrives here. Nothing leaves this machine.</p></div>`;
}

function row(mail: Mail, now: Date): string {
  return `<li><a href="/mails/${mail.id}">
    <span class="to">${escapeHtml(mail.to)}</span>
    <span class="when">${time(mail, now)}</span>
    <span class="subject">${subject(mail)}</span>
    <span class="from">from ${escapeHtml(mail.from)}</span>
  </a></li>`;
}

function subject(mail: Mail): string {
  return escapeHtml(mail.subject || 'No subject');
}

function linkedText(text: string): string {
  return splitByLinks(text)
    .map((part) =>
      part.link ? `<a href="${escapeHtml(part.text)}">${escapeHtml(part.text)}</a>` : escapeHtml(part.text),
    )
    .join('');
}

/** Formats a time in this machine's time zone, with the day only when it is not today. */
function time(mail: Mail, now: Date): string {
  const date = new Date(mail.date);
  const clock = date.toLocaleTimeString('en-GB');
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  const label = date.toDateString() === now.toDateString() ? clock : `${day}, ${clock}`;
  return `<time datetime="${mail.date}">${label}</time>`;
}

function page(title: string, content: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  ${head}
  <title>${escapeHtml(title)} · Sandbox mailbox</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
  <header><a class="brand" href="/"><span class="mark">${ENVELOPE}</span>Mailbox</a><span class="badge">Sandbox</span></header>
  <main>
    ${content}
  </main>
</body>
</html>
`;
}
