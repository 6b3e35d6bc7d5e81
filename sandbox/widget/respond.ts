import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { languageOf } from '../language';
import { styleHash } from './style';
import { inLanguage } from './words';

// No frame-ancestors or X-Frame-Options, because partners embed this page.
const POLICY = `default-src 'none'; script-src 'self'; style-src 'self' ${styleHash}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'`;

const COMMON = { 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

const PUBLIC = new URL('public/', import.meta.url);
const CONTENT_TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** The files of `public/` by name, the only ones that requests can read. */
const publicFiles = new Set(readdirSync(PUBLIC));

/**
 * Answers with a page in the browser's language, and `no-store`, because its address may contain a token.
 *
 * @param frames the origin that the page may show in a frame
 */
export function sendHtml(res: ServerResponse, status: number, html: string, frames = "'none'"): void {
  res.writeHead(status, {
    ...COMMON,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `${POLICY}; frame-src ${frames}`,
  });
  res.end(inLanguage(languageOf(res.req), html));
}

/** Answers a call of the page. */
export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { ...COMMON, 'content-type': 'application/json', 'cache-control': 'no-store' });
  res.end(JSON.stringify(body));
}

/** Answers with a style sheet or script of `public/`. @returns false if there is none of that name. */
export function sendFile(res: ServerResponse, name: string): boolean {
  if (!publicFiles.has(name)) return false;
  const contentType = CONTENT_TYPES[extname(name)] ?? 'application/octet-stream';
  res.writeHead(200, { ...COMMON, 'content-type': contentType, 'cache-control': 'no-cache' });
  res.end(readFileSync(new URL(name, PUBLIC)));
  return true;
}
