import { createHash } from 'node:crypto';
import { brand } from './brand/brand';
import { escapeHtml } from './escape-html';

/** A page that needs no script, no style sheet and no React: for the frame, for interruptions, for leaving. */
export interface PlainPage {
  /** Language of the words. */
  lang: string;
  title: string;
  text: string;
  link?: { label: string; href: string };
  /** Go there by itself after some seconds. */
  refresh?: { seconds: number; href: string };
  status?: number;
  headers?: Record<string, string>;
}

/** Renders a plain page as an answer that no cache keeps. Its security headers are proxy.ts's, as everywhere. */
export function htmlPage({ status = 200, headers, ...page }: PlainPage): Response {
  return new Response(render(page), {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });
}

const { primary, onPrimary, primaryDark, onPrimaryDark } = brand.colours;
const STYLE = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;box-sizing:border-box;font:1rem/1.5 ui-sans-serif,system-ui,sans-serif;background:#fff;color:#14171f}main{max-width:26rem;text-align:center}h1{font-size:1.375rem;line-height:1.3;margin:0 0 .5rem}p{margin:0 0 1.5rem;color:#586070}a{display:inline-block;padding:.75rem 1.25rem;border-radius:.75rem;background:${primary};color:${onPrimary};font-weight:600;text-decoration:none}a:focus-visible{outline:3px solid ${primary};outline-offset:2px}@media(prefers-color-scheme:dark){body{background:#151a22;color:#eef1f6}p{color:#a3acbb}a{background:${primaryDark};color:${onPrimaryDark}}}`;

/** How a Content-Security-Policy allows exactly this page's inline style (CSP Level 3, hash source). */
export const plainPageStyleHash = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

function render({ lang, title, text, link, refresh }: Omit<PlainPage, 'status' | 'headers'>): string {
  const meta = refresh
    ? `<meta http-equiv="refresh" content="${refresh.seconds};url=${escapeHtml(refresh.href)}">`
    : '';
  const anchor = link ? `<a href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a>` : '';
  return `<!doctype html><html lang="${escapeHtml(lang)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">${meta}<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${anchor}</main></body></html>`;
}
