import type { IncomingMessage, ServerResponse } from 'node:http';
import { readText, send } from './http';
import { buyBitcoin } from './money';
import { mayBeUsed, openToken } from './ramp';
import { type Core, type Customer, newId, type Visit } from './state';

/** Answers and records one request to the widget. Its plain HTML works without JavaScript and cookies. */
export async function handleWidget(core: Core, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://widget');
  const name = `${request.method} ${pathname}`;
  const form = new URLSearchParams(await readText(request));
  const userAgent = request.headers['user-agent'] ?? '';
  const [status, html] = page(core, name, searchParams, form, userAgent);
  const body = { ...Object.fromEntries(form), userAgent };
  core.calls.push({ endpoint: `widget ${name}`, query: searchParams.toString(), body, status });
  send(response, status, 'text/html', `<!doctype html><html lang="en"><title>Reference KunaCore</title>${html}</html>`);
}

type Page = [status: number, html: string];

const SESSION_ENDED: Page = [403, '<h1>Session ended</h1>'];

function page(core: Core, name: string, query: URLSearchParams, form: URLSearchParams, userAgent: string): Page {
  if (name === 'GET /') return opened(core, query, userAgent);
  if (name === 'POST /buy') return bought(core, form.get('visit') ?? '');
  return [404, '<h1>Not found</h1>'];
}

function opened(core: Core, query: URLSearchParams, userAgent: string): Page {
  if (!query.get('institutionId')) return [400, '<h1>Unknown institution</h1>'];
  // Without a token, Kuna signs the visitor in itself.
  if (!query.has('refreshToken')) return [200, '<h1>Sign in to KUNA</h1><p>A code will come by e-mail.</p>'];
  const token = openToken(core, query.get('refreshToken') ?? '', userAgent);
  return token === undefined ? SESSION_ENDED : walletPage(core, { token, bought: false });
}

function bought(core: Core, visitId: string): Page {
  const visit = core.state.visits.get(visitId);
  if (visit === undefined || !mayBeUsed(core, visit.token)) return SESSION_ENDED;
  if (!visit.bought) buyBitcoin(core, visit.token.customer);
  visit.bought = true;
  const [status, html] = walletPage(core, { token: visit.token, bought: false });
  return [status, `${html}<p role="status">Completed</p>`];
}

// Each page is its own visit, so that its button works without opening the token again.
function walletPage(core: Core, visit: Visit): Page {
  const visitId = newId('vis');
  core.state.visits.set(visitId, visit);
  const form = `<form method="post" action="/buy"><input type="hidden" name="visit" value="${visitId}">
    <button>Buy 100 UAH of BTC</button></form>`;
  return [200, `<h1>Widget open</h1><p>Wallet of ${fullName(visit.token.customer)}</p>${form}`];
}

function fullName({ firstName, lastName }: Customer): string {
  return `${firstName} ${lastName}`.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
