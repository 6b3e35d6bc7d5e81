import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Payments } from '../bank/payments';
import type { WidgetBackend, WidgetSession } from '../kunacore/widget-backend';
import { languageOf } from '../language';
import { withoutOtherSites } from '../local-only';
import { refuseEnded } from './ended';
import { createCodeMailer, type MailOptions, type SendCode } from './mail-code';
import { endedPage, messagePage, type Start, type Welcome, welcomePage, widgetPage } from './page';
import { type Bank, buy, operation, payment, quote, viewWallet } from './purchase';
import { readJson } from './read-json';
import { Refusal } from './refusal';
import { sendFile, sendHtml, sendJson } from './respond';
import { confirmCode, finishVerification, type SignInStep, sendCode } from './sign-in';
import { createVisits, type Visit, type Visits } from './visits';

/** The header with which calls name their document. It also blocks forms of other sites. */
const VISIT_HEADER = 'x-widget-visit';

interface Widget {
  backend: WidgetBackend;
  send: SendCode;
  visits: Visits;
  welcome: Welcome;
  bank: Bank;
}

/** The caller of a session's call. */
interface Caller extends Pick<Widget, 'backend' | 'bank'> {
  visitId: string;
}

type SignInCall = (widget: Widget, visit: Visit, body: unknown) => SignInStep | Promise<SignInStep>;
type SessionCall = (caller: Caller, session: WidgetSession, body: unknown) => unknown;

const signInCalls = new Map<string, SignInCall>([
  ['/api/sign-in/code', ({ backend, send }, visit, body) => sendCode(backend, send, visit, body)],
  ['/api/sign-in/confirm', ({ backend }, visit, body) => confirmCode(backend, visit, body)],
  ['/api/sign-in/verification', ({ backend }, visit, body) => finishVerification(backend, visit, body)],
]);

const sessionCalls = new Map<string, SessionCall>([
  ['/api/quote', ({ backend }, session, body) => quote(backend, session, body)],
  ['/api/buy', buy],
  ['/api/payment', payment],
  ['/api/operation', ({ backend }, session, body) => operation(backend, session, body)],
]);

/**
 * Creates KunaCore's widget on its own origin. The server is not listening yet.
 *
 * @param options.backend the widget's interface to KunaCore
 * @param options.welcome the links on the page at the bare address
 * @param options.bank the payments and origin of the bank
 * @param options.mail the mail server and sender of one-time codes
 */
export function createWidgetServer(options: {
  backend: WidgetBackend;
  mail: MailOptions;
  welcome?: Welcome;
  bank?: Bank;
}): Server {
  const { backend, mail, welcome = { institutionId: '', portalUrls: [] } } = options;
  const { bank = { payments: new Payments(), origin: 'http://127.0.0.1' } } = options;
  const widget: Widget = { backend, send: createCodeMailer(mail), visits: createVisits(), welcome, bank };
  const handle = (req: IncomingMessage, res: ServerResponse) => {
    respond(widget, req, res).catch((error: unknown) => fail(req, res, error));
  };
  return createServer(withoutOtherSites(handle, mail.host));
}

async function respond(widget: Widget, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(`http://widget${req.url ?? '/'}`);
  if (pathname.startsWith('/api/')) return handleCall(widget, pathname, req, res);
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('allow', 'GET, HEAD');
    return sendHtml(res, 405, messagePage('Not like this', 'The widget opens by GET.'));
  }
  if (pathname === '/') {
    // A partner's page may check that this host answers. That opens no session and uses up no token.
    if (req.method === 'HEAD') return void res.writeHead(200, { 'cache-control': 'no-store' }).end();
    if (searchParams.size === 0) return sendHtml(res, 200, welcomePage(widget.welcome));
    return open(widget, searchParams, req, res);
  }
  if (pathname === '/return') return comeBack(widget, searchParams.get('payment') ?? '', req, res);
  if (sendFile(res, pathname.slice(1))) return;
  sendHtml(res, 404, messagePage('Not found', 'There is nothing at this address.'));
}

async function open(widget: Widget, query: URLSearchParams, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { backend, visits } = widget;
  const userAgent = req.headers['user-agent'] ?? '';
  const institutionId = query.get('institutionId') ?? '';
  const refreshToken = query.get('refreshToken');
  if (!backend.knowsInstitution(institutionId)) return sendHtml(res, 404, unknownInstitutionPage());
  if (refreshToken === null) {
    const visitId = visits.begin({ stage: 'email', codesSent: 0 });
    return sendWidget(widget, req, res, visitId, { step: 'sign-in' });
  }
  const opened = await backend.open({ institutionId, refreshToken, userAgent });
  if (!opened.ok) {
    const isUnknown = opened.reason === 'unknown-institution';
    return sendHtml(res, isUnknown ? 404 : 403, isUnknown ? unknownInstitutionPage() : endedPage(opened.reason));
  }
  const visitId = visits.begin({ stage: 'purchase', sessionId: opened.session.id });
  sendWidget(widget, req, res, visitId, { step: 'purchase', wallet: viewWallet(backend, opened.session) });
}

function sendWidget({ bank }: Widget, req: IncomingMessage, res: ServerResponse, visitId: string, start: Start): void {
  sendHtml(res, 200, widgetPage(visitId, start, languageOf(req)), bank.origin);
}

/** Continues the visit of a payment that led the widget to the bank, once. */
function comeBack(widget: Widget, paymentId: string, req: IncomingMessage, res: ServerResponse): void {
  const returned = widget.bank.payments.takeReturned(paymentId);
  const visit = returned && widget.visits.get(returned.visitId);
  const resumed = visit?.stage === 'purchase' ? widget.backend.resume(visit.sessionId) : null;
  if (!returned || !resumed?.ok) {
    sendHtml(res, 403, endedPage(resumed?.ok === false ? resumed.reason : 'ended'));
    return;
  }
  const caller = { ...widget, visitId: returned.visitId };
  const { operation: bought } = payment(caller, resumed.session, { id: paymentId });
  const wallet = viewWallet(widget.backend, resumed.session);
  const start: Start = bought ? { step: 'operation', wallet, operation: bought } : { step: 'refused', wallet };
  sendWidget(widget, req, res, returned.visitId, start);
}

async function handleCall(widget: Widget, pathname: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const signInCall = signInCalls.get(pathname);
  const sessionCall = sessionCalls.get(pathname);
  if (!signInCall && !sessionCall) throw new Refusal(404, { error: 'path', message: 'There is no such call.' });
  if (req.method !== 'POST') throw new Refusal(405, { error: 'method', message: 'Calls are POST.' });
  const body = await readJson(req);
  const visitId = String(req.headers[VISIT_HEADER] ?? '');
  const visit = widget.visits.get(visitId);
  if (!visit) throw refuseEnded('ended');
  if (signInCall) {
    const step = await signInCall(widget, visit, body);
    widget.visits.set(visitId, step.visit);
    return sendJson(res, 200, step.response);
  }
  if (sessionCall)
    sendJson(res, 200, await sessionCall({ ...widget, visitId }, livingSession(widget.backend, visit), body));
}

function livingSession(backend: WidgetBackend, visit: Visit): WidgetSession {
  if (visit.stage !== 'purchase') throw new Refusal(409, { error: 'wrong-step', message: 'Sign in first.' });
  const resumed = backend.resume(visit.sessionId);
  if (!resumed.ok) throw refuseEnded(resumed.reason);
  return resumed.session;
}

function unknownInstitutionPage(): string {
  return messagePage('Unknown institution', 'The address names no institution that KUNA works with.');
}

function fail(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  if (res.headersSent) res.destroy();
  else if (error instanceof Refusal) refuse(req, res, error);
  else if (!req.destroyed) fault(req, res, error);
}

function refuse(req: IncomingMessage, res: ServerResponse, { status, body }: Refusal): void {
  if (!req.complete) res.setHeader('connection', 'close'); // the rest of an oversized body is not read
  if (req.url?.startsWith('/api/')) sendJson(res, status, body);
  else sendHtml(res, status, messagePage('Something went wrong', body.message ?? ''));
}

function fault(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  console.error('widget:', error);
  const message = 'Something went wrong on our side. Try again in a moment.';
  if (req.url?.startsWith('/api/')) sendJson(res, 500, { error: 'internal', message });
  else sendHtml(res, 500, messagePage('Something went wrong', message));
}
