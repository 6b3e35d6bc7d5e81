import { readFileSync } from 'node:fs';
import { escapeHtml } from '../identity/escape-html';
import type { OpenRefusal, OperationView } from '../kunacore/widget-backend';
import { countryNames } from './countries';
import { endedSentences } from './ended';
import type { WalletView } from './purchase';
import { style } from './style';
import { type Language, wordsFor } from './words';

/** The document's initial data: the wallet for a partner's customer, the sign-in for Kuna's own, a return from the bank. */
export type Start =
  | { step: 'purchase' | 'refused'; wallet: WalletView }
  | { step: 'operation'; wallet: WalletView; operation: OperationView }
  | { step: 'sign-in' };

const MARK =
  '<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M7 4.5v15M17 5l-8.5 7L17 19"/></svg>';

/** Renders the widget. Its script puts one step after the other into `main`. */
export function widgetPage(visitId: string, start: Start, language: Language): string {
  const data = `data-visit="${escapeHtml(visitId)}" data-start="${escapeHtml(JSON.stringify(start))}"`;
  return page(
    'KUNA widget',
    `<main id="widget" ${data}><noscript><p>The widget needs JavaScript.</p></noscript></main>\n  ${steps(language)}`,
    `${wordsFor(language)}<script type="module" src="/widget.js"></script>`,
  );
}

/** Renders the reason why the widget does not open for this token. */
export function endedPage(reason: OpenRefusal): string {
  return message(
    'Session ended',
    endedSentences[reason],
    '<p><strong>Return to your institution and choose Continue.</strong></p>',
  );
}

/** The links on the page at the bare address. */
export interface Welcome {
  institutionId: string;
  portalUrls: string[];
}

/** Renders the page at the bare address. The widget opens only for an institution. */
export function welcomePage({ institutionId, portalUrls }: Welcome): string {
  const link = (address: string, text: string) => `<p><a href="${escapeHtml(address)}">${escapeHtml(text)}</a></p>`;
  const inPortal = portalUrls.slice(0, 1).map((url) => link(url, `Open it in the portal: ${url}`));
  const alone = link(`/?institutionId=${encodeURIComponent(institutionId)}`, 'Open it with Kuna’s own sign-in');
  return message(
    'KUNA widget',
    'The widget opens for one institution: its address carries the institution’s id, and a token for a customer whom the institution has signed in.',
    [...inPortal, alone].join('\n    '),
  );
}

/** Renders an error of the address or the widget. */
export function messagePage(title: string, sentence: string): string {
  return message(title, sentence, '');
}

function message(title: string, sentence: string, next: string): string {
  return page(
    title,
    `<main id="widget"><section class="step message">
    <span class="emblem" data-tone="warn" aria-hidden="true"></span>
    <h1>${escapeHtml(title)}</h1>
    <p>${escapeHtml(sentence)}</p>
    ${next}
  </section></main>`,
    '',
  );
}

function page(title: string, content: string, script: string): string {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${escapeHtml(title)}</title>
  <link rel="icon" href="data:,">
  <style>${style}</style>
  ${script}
</head>
<body>
  <header><span class="brand"><span class="mark">${MARK}</span>KUNA</span><span class="badge">Sandbox</span></header>
  ${content}
  <footer>An imitation of the KUNA widget. No money moves.</footer>
</body>
</html>
`;
}

/** Reads the templates of all steps each time, so that edits show on reload. */
function steps(language: Language): string {
  const options = countryNames(language).map(([code, name]) => `<option value="${code}">${escapeHtml(name)}</option>`);
  return readFileSync(new URL('steps.html', import.meta.url), 'utf8').replace('<!-- countries -->', options.join(''));
}
