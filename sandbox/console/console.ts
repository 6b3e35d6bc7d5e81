import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ZodError } from 'zod';
import { isLoopback } from '../kunacore/control';
import { ApiError } from '../kunacore/http';
import type { Pages } from '../kunacore/kunacore';
import { languageOf } from '../language';
import { inLanguage } from '../widget/words';
import { ACTIONS, type Done } from './actions';
import { answersLead, answersPage } from './answers-page';
import { failuresLead, failuresPage } from './failures-page';
import { layout, type PagePath, STYLE_PATH } from './layout';
import { peopleLead, peoplePage } from './people-page';
import { purchasesLead, purchasesPage } from './purchases-page';
import type { World } from './world';

const POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const VIEWS: Record<PagePath, { lead: string; render: (world: World) => string }> = {
  '/': { lead: peopleLead, render: peoplePage },
  '/purchases': { lead: purchasesLead, render: purchasesPage },
  '/failures': { lead: failuresLead, render: failuresPage },
  '/answers': { lead: answersLead, render: answersPage },
};

/** Ukrainian texts by the English ones. `#` stands for a number. */
const UKRAINIAN: Record<string, string> = JSON.parse(readFileSync(new URL('uk.json', import.meta.url), 'utf8'));

/**
 * Creates the pages on which a click changes what the sandbox's services do. For this machine only, like the control
 * interface. Every button is a form, so they work without scripts.
 */
export function createConsole(world: World): Pages {
  // What the last button did. The next page says it once.
  let notice = '';

  return async function show(request, response, text) {
    const path = request.url?.split('?')[0] ?? '/';
    if (!isLoopback(request.socket.remoteAddress)) return false;
    if (request.method === 'GET' && path === STYLE_PATH) return sendStyle(response);
    if (request.method === 'GET' && path in VIEWS) {
      const { lead, render } = VIEWS[path as PagePath];
      sendPage(request, response, layout(world, path as PagePath, lead, render(world), notice));
      notice = '';
      return true;
    }
    const action = request.method === 'POST' ? ACTIONS[path] : undefined;
    if (!action) return false;
    const done = await perform(() => action(world, Object.fromEntries(new URLSearchParams(text))));
    notice = done.notice;
    response.writeHead(303, { location: done.to ?? pageOf(path), 'cache-control': 'no-store' }).end();
    return true;
  };
}

/** Runs an action. A refusal becomes a sentence for the person. */
async function perform(run: () => Promise<Done> | Done): Promise<Partial<Done> & Pick<Done, 'notice'>> {
  try {
    return await run();
  } catch (error) {
    const isRefusal = error instanceof ApiError || error instanceof RangeError;
    if (!isRefusal && !(error instanceof ZodError)) throw error;
    return { notice: isRefusal ? error.message : 'Check what you entered.' };
  }
}

/** Returns the page on which the button of an action stands. */
function pageOf(action: string): string {
  const page = `/${action.split('/')[1]}`;
  return page in VIEWS ? page : '/';
}

function sendPage(request: IncomingMessage, response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(inLanguage(languageOf(request), html, UKRAINIAN));
}

function sendStyle(response: ServerResponse): true {
  response.writeHead(200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' });
  response.end(readFileSync(new URL('page.css', import.meta.url)));
  return true;
}
