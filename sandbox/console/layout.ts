import { escapeHtml } from '../identity/escape-html';
import type { World } from './world';

export const STYLE_PATH = '/console.css';

/** The pages, in the order of the navigation. */
export const PAGES = { '/': 'People', '/purchases': 'Purchases', '/failures': 'Failures', '/answers': 'Answers' };

export type PagePath = keyof typeof PAGES;

const SLIDERS =
  '<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" aria-hidden="true"><path d="M4 7h9M18 7h2M4 12h2M11 12h9M4 17h7M16 17h4"/><circle cx="15.5" cy="7" r="2.2"/><circle cx="8.5" cy="12" r="2.2"/><circle cx="13.5" cy="17" r="2.2"/></svg>';

/** Renders a page of the console. `notice` says what the last button did. */
export function layout(world: World, path: PagePath, lead: string, content: string, notice: string): string {
  const { links, mails } = world;
  const title = PAGES[path];
  const outside = (address: string, text: string) => `<a href="${escapeHtml(address)}">${escapeHtml(text)}</a>`;
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Sandbox console</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
  <header>
    <span class="brand"><span class="mark">${SLIDERS}</span><span>Sandbox console</span></span>
    <span class="outside">${outside(links.portal, 'Portal')}${outside(`${links.portal}/operator`, 'Support console')}${outside(links.mailbox, `Mailbox (${mails.list().length})`)}${outside(links.bank, 'Bank ID')}${outside(links.widget, 'Widget')}</span>
  </header>
  <nav aria-label="Console">${Object.entries(PAGES).map(tab).join('')}</nav>
  <main>
    <h1>${title}</h1>
    <p class="lead">${lead}</p>
    <div class="notice" role="status">${notice && `<p>${escapeHtml(notice)}</p>`}</div>
    ${content}
  </main>
  <footer>
    <p>Everything here is invented, and stays on this machine.</p>
    <form method="post" action="/reset"><button class="single">Start again: forget all customers, purchases and failures</button></form>
  </footer>
</body>
</html>
`;

  function tab([address, text]: [string, string]): string {
    const current = address === path ? ' aria-current="page"' : '';
    return `<a href="${address}"${current}>${text}</a>`;
  }
}
