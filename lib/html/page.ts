import { createHash } from 'node:crypto';
import { markSvg } from '@/lib/brand/mark';
import { brandTokens } from '@/lib/brand/tokens';
import { escapeHtml } from './escape';

/** A page without script, style sheet or React: for the frame, for interruptions and for leaving. */
export interface HtmlPage {
  /** Language of the text. */
  lang: string;
  /** The chosen theme. Without it, the system decides. */
  theme?: 'light' | 'dark';
  title: string;
  text: string;
  /** The same text in other languages, when the person's language is unknown. */
  also?: { lang: string; title: string; text: string }[];
  /** A sentence with the number by which support finds the request in the log. */
  reference?: { text: string; number: string };
  link?: { label: string; href: string };
  /** The person's input, for them to copy. */
  typed?: { label: string; text: string }[];
  /** Redirects to `href` after some seconds. */
  refresh?: { seconds: number; href: string };
  /**
   * Retries after some seconds. `ask` first checks whether the address responds again. `reload` is for a frame, which
   * cannot check; it waits until no element has the focus.
   */
  retry?: { seconds: number; by: 'ask' | 'reload' };
  status?: number;
  headers?: Record<string, string>;
}

/** The content type of an HTML page. */
export const HTML = 'text/html; charset=utf-8';

/** Returns an HTML page as a response with `no-store`. lib/http/incoming-request.ts sets the security headers. */
export function htmlPage({ status = 200, headers, ...page }: HtmlPage): Response {
  return new Response(renderHtmlPage(page), {
    status,
    headers: { 'content-type': HTML, 'cache-control': 'no-store', ...headers },
  });
}

const STYLE = `${brandTokens}
:root { color-scheme: light dark; --foreground: light-dark(#14171f, #eef1f6); --muted-foreground: light-dark(#565e6d, #a6afbe) }
[data-theme=light] { color-scheme: light }
[data-theme=dark] { color-scheme: dark }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; box-sizing: border-box;
  font: 1rem/1.5 var(--font-sans); background: var(--card); color: var(--foreground) }
main { max-width: 26rem; text-align: center; overflow-wrap: anywhere }
h1, h2 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .5rem; text-wrap: balance }
p { margin: 0 0 1.5rem; color: var(--muted-foreground) }
.reference { font-size: .8125rem; margin: 1.5rem 0 0 }
code { color: var(--foreground); font-size: 1rem; white-space: nowrap; user-select: all }
svg { width: 3rem; height: 3rem; border-radius: var(--radius-control); margin: 0 0 1rem }
dl { margin: 0 0 1.5rem; text-align: start; white-space: pre-wrap }
dt { color: var(--muted-foreground); font-size: .875rem }
dd { margin: 0 0 .75rem; user-select: all }
a { display: inline-block; padding: .75rem 1.25rem; border-radius: var(--radius-control); background: var(--primary);
  color: var(--primary-foreground); font-weight: 600; text-decoration: none; border: 1px solid transparent }
a:focus-visible { outline: 3px solid var(--primary); outline-offset: 2px }`;

/** The hash by which a Content-Security-Policy allows this page's inline style (CSP Level 3, hash source). */
export const htmlPageStyleHash = cspHash(STYLE);

/** Returns the CSP source expression that allows exactly this inline text. */
export function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const MARK = markSvg(8).replace('<svg', '<svg aria-hidden="true"');

// Does not reload while a person reads or types (WCAG 2.2.1): checks first, or waits until no element has the focus. The
// offline page stands in for another one, under whose address it waits for the connection; under its own for nothing.
const RETRY = `
const { seconds, by } = document.currentScript.dataset;
const isBack = () =>
  fetch(location.href, { method: 'HEAD', cache: 'no-store' }).then(({ status }) => status !== 503, () => false);
const look = async () => {
  if (by === 'ask' ? await isBack() : document.activeElement === document.body) location.replace(location.href);
  else setTimeout(look, seconds * 1000);
};
if (location.pathname !== '/offline') setTimeout(look, seconds * 1000);`;

/** The hash by which a Content-Security-Policy allows this page's inline script. */
export const htmlPageScriptHash = cspHash(RETRY);

/** Returns an HTML page as text, for callers without a `Response`. */
export function renderHtmlPage({
  lang,
  theme,
  title,
  text,
  reference,
  link,
  typed = [],
  refresh,
  retry,
  also = [],
}: Omit<HtmlPage, 'status' | 'headers'>): string {
  const meta = refresh ? refreshTag(refresh) : '';
  const again = retry
    ? `<script data-seconds="${retry.seconds}" data-by="${retry.by}">${RETRY}</script><noscript>${refreshTag({ seconds: retry.seconds, href: '' })}</noscript>`
    : '';
  const number = reference ? `<p class="reference">${withNumber(reference)}</p>` : '';
  const fields = typed.map(({ label, text }) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd>`).join('');
  const list = fields ? `<dl>${fields}</dl>` : '';
  const anchor = link ? `<a href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a>` : '';
  const others = also
    .map(
      (one) =>
        `<div lang="${escapeHtml(one.lang)}"><h2>${escapeHtml(one.title)}</h2><p>${escapeHtml(one.text)}</p></div>`,
    )
    .join('');
  return `<!doctype html><html lang="${escapeHtml(lang)}"${theme ? ` data-theme="${theme}"` : ''}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">${meta}${again}<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main aria-labelledby="title">${MARK}<h1 id="title">${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${list}${others}${anchor}${number}</main></body></html>`;
}

function withNumber({ text, number }: NonNullable<HtmlPage['reference']>): string {
  return escapeHtml(text).replace(escapeHtml(number), `<code>${escapeHtml(number)}</code>`);
}

function refreshTag({ seconds, href }: { seconds: number; href: string }): string {
  return `<meta http-equiv="refresh" content="${seconds};url=${escapeHtml(href)}">`;
}
