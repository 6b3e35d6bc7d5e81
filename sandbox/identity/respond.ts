import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

export const STYLE_PATH = '/page.css';

// No form-action, because Chromium also applies it to the redirect back to the portal.
const POLICY = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

/** Answers with a page and `no-store`. */
export function sendHtml(res: ServerResponse, status: number, html: string): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  res.end(html);
}

/** Answers with the pages' style sheet. */
export function sendStyle(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' });
  res.end(readFileSync(new URL('page.css', import.meta.url)));
}
