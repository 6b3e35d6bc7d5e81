import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { languageOf } from '../language';
import { withoutOtherSites } from '../local-only';
import { decidedPage, questionPage, styleHash, unknownPage } from './page';
import type { Payment, Payments } from './payments';

interface Options {
  payments: Payments;
  publicHost: string;
  /** The widget's origin, to which a payment by its own navigation returns. */
  widgetOrigin: string;
}

/** In bytes, far above the form. */
const MAX_BODY = 1024;

/** Creates the bank at which people confirm card payments, on an origin of its own. The server is not listening yet. */
export function createBankServer(options: Options): Server {
  const handle = (req: IncomingMessage, res: ServerResponse) => {
    respond(options, req, res).catch((error: unknown) => {
      console.error('bank:', error);
      res.destroy();
    });
  };
  return createServer(withoutOtherSites(handle, options.publicHost));
}

async function respond(options: Options, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(`http://bank${req.url ?? '/'}`);
  const language = languageOf(req);
  const isForm = req.method === 'POST' && pathname === '/confirm';
  const form = isForm ? await readForm(req) : searchParams;
  const payment = pathname === '/confirm' ? options.payments.find(form.get('payment') ?? '') : undefined;
  if (!payment) return send(options, res, 404, unknownPage(language));
  if (!isForm && payment.status === 'waiting') return send(options, res, 200, questionPage(language, payment));
  options.payments.decide(payment, form.get('decision') === 'confirmed' ? 'confirmed' : 'refused');
  answerDecided(options, res, payment, language);
}

/** Leads the widget's own navigation back. A frame or a window stays, and the widget asks for the decision. */
function answerDecided(options: Options, res: ServerResponse, payment: Payment, language: 'en' | 'uk'): void {
  if (payment.status === 'waiting') return;
  if (payment.page !== 'own-navigation') {
    send(options, res, 200, decidedPage(language, payment.status));
    return;
  }
  const location = `${options.widgetOrigin}/return?payment=${payment.id}`;
  res.writeHead(303, { location, 'cache-control': 'no-store' }).end();
}

/** Isolates its window from the one that opened it, as careful banks do: in a sandboxed pop-up it would not load. */
function send({ widgetOrigin }: Options, res: ServerResponse, status: number, html: string): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    // The form of a payment by own navigation is led back to the widget.
    'content-security-policy': `default-src 'none'; style-src ${styleHash}; img-src data:; base-uri 'none'; form-action 'self' ${widgetOrigin}`,
  });
  res.end(html);
}

async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of req) {
    text += chunk;
    if (text.length > MAX_BODY) return new URLSearchParams();
  }
  return new URLSearchParams(text);
}
