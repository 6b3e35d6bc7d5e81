import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Provider } from 'oidc-provider';
import type { BankSessions } from './bank-sessions';
import { refusalPage } from './page';
import type { IdentityProviderOptions } from './provider';
import { sendHtml } from './respond';

/** The provider's end_session_endpoint. */
export const END_SESSION_PATH = '/session/end';
/** The form of the start page that ends a session at the bank. */
export const END_AT_BANK_PATH = '/sessions/end';

/** The address at a portal to which the browser returns. */
export const returnAddress = (portal: string) => `${portal}/sign-out/done`;

/**
 * Signs the browser's person out at the portal's request (RP-Initiated Logout 1.0), without asking, and leads back. The
 * library's own page needs JavaScript.
 */
export async function handleEndSession(
  provider: Provider,
  sessions: BankSessions,
  options: Pick<IdentityProviderOptions, 'issuer' | 'clientId' | 'portalUrls'>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { searchParams: asked } = new URL(req.url ?? '', options.issuer);
  const back = asked.get('post_logout_redirect_uri');
  const isKnown = asked.get('client_id') === options.clientId;
  if (back && !(isKnown && options.portalUrls.map(returnAddress).includes(back)))
    return sendHtml(res, 400, refusalPage('Unknown address', 'The portal asked to return to an unknown address.'));
  const session = await provider.Session.get({ req, res });
  if (session.accountId) await sessions.endSession(session, 'session');
  const target = new URL(back ?? '/', options.issuer);
  const state = asked.get('state');
  if (back && state) target.searchParams.set('state', state);
  res.writeHead(303, { location: target.href, 'cache-control': 'no-store' }).end();
}

/**
 * Ends sessions at the bank: of the field `uid`, or of the person in the field `sub`. With `naming=person` the logout
 * token names the person alone. Programs get what each portal answered, as JSON.
 */
export async function handleEndAtBank(
  sessions: BankSessions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.method !== 'POST') return sendHtml(res, 405, refusalPage('Method not allowed', 'A form posts here.'));
  const fields = new URLSearchParams(await text(req));
  const sub = fields.get('sub');
  const chosen = sub ? { accountId: sub } : { uid: fields.get('uid') ?? '' };
  const told = await sessions.end(chosen, fields.get('naming') === 'person' ? 'person' : 'session');
  if (req.headers.accept?.includes('application/json')) {
    res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    res.end(JSON.stringify(told));
  } else res.writeHead(303, { location: '/', 'cache-control': 'no-store' }).end();
}
