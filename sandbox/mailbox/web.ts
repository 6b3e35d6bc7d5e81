import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { withoutOtherSites } from '../local-only';
import type { MailStore } from './mail-store';
import { FRAME_PERMISSIONS, htmlPart, listPage, mailPage, missingPage, STYLE_PATH } from './page';

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PART_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; frame-ancestors 'self'; sandbox ${FRAME_PERMISSIONS}`;

/**
 * Serves the mailbox as pages for people and as JSON for tests.
 *
 * `GET /` lists, `GET /mails/:id` shows, `GET /api/mails?to=<address>` gives JSON (newest first),
 * `DELETE /api/mails` empties.
 */
export function createMailboxWeb(store: MailStore, publicHost: string): Server {
  const respond = (req: IncomingMessage, res: ServerResponse) => {
    const [path = '/', query] = (req.url ?? '/').split('?', 2);
    if (path === '/api/mails') handleApi(store, req.method, new URLSearchParams(query).get('to') ?? undefined, res);
    else if (req.method !== 'GET') sendJson(res, 405, { error: 'Only GET here' });
    else sendPage(store, path, res);
  };
  return createServer(withoutOtherSites(respond, publicHost));
}

function handleApi(store: MailStore, method: string | undefined, to: string | undefined, res: ServerResponse): void {
  if (method === 'GET') {
    sendJson(res, 200, store.list(to));
  } else if (method === 'DELETE') {
    store.clear();
    res.writeHead(204).end();
  } else {
    sendJson(res, 405, { error: 'Only GET and DELETE here' });
  }
}

function sendPage(store: MailStore, path: string, res: ServerResponse): void {
  const [, id, part] = /^\/mails\/([\w-]+)(\/html)?$/.exec(path) ?? [];
  const mail = id ? store.find(id) : undefined;
  if (path === '/') sendHtml(res, 200, listPage(store.list(), new Date()), PAGE_POLICY);
  else if (path === STYLE_PATH) sendStyle(res);
  else if (!mail) sendHtml(res, 404, missingPage(), PAGE_POLICY);
  else if (part) sendHtml(res, 200, htmlPart(mail), PART_POLICY);
  else sendHtml(res, 200, mailPage(mail, new Date()), PAGE_POLICY);
}

function sendHtml(res: ServerResponse, status: number, html: string, policy: string): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  res.end(html);
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  res.end(JSON.stringify(body));
}

function sendStyle(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' });
  res.end(readFileSync(new URL('page.css', import.meta.url)));
}
