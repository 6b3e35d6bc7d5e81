import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Context, errors, type InteractionResult, type Provider } from 'oidc-provider';
import { refusalPage, signInPage } from './page';
import { sendHtml } from './respond';
import { findClaims } from './sample-customers';

/** An upper bound in bytes. A choice on the page has about twenty. */
const MAX_BODY_BYTES = 4096;

/** Returns whether the path is that of the provider's sign-in page. */
export function isInteraction(path: string): boolean {
  return /^\/interaction\/[\w-]+$/.test(path);
}

/**
 * Shows the sign-in page (GET) and accepts the choice made there (POST). The field `sub` names a sample customer, the
 * field `cancel` refuses. The provider then redirects the browser to the portal.
 */
export async function handleInteraction(
  provider: Provider,
  clientName: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  try {
    if (req.method === 'GET') await showPage(provider, clientName, req, res);
    else if (req.method === 'POST') await takeChoice(provider, req, res);
    else sendHtml(res, 405, refusalPage('Method not allowed', 'This page is read with GET and answered with POST.'));
  } catch (error) {
    sendFailure(res, error);
  }
}

async function showPage(provider: Provider, clientName: string, req: IncomingMessage, res: ServerResponse) {
  await provider.interactionDetails(req, res);
  sendHtml(res, 200, signInPage(clientName));
}

async function takeChoice(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const fields = new URLSearchParams(await readBody(req));
  const result = readChoice(fields);
  if (!result) {
    sendHtml(res, 400, refusalPage('Unknown customer', 'There is no sample customer of that name.'));
    return;
  }
  const again = answers.get(uidIn(req.url ?? ''));
  if (again) {
    res.writeHead(303, { location: again, 'cache-control': 'no-store' }).end();
    return;
  }
  await forgetOtherPerson(provider, result, req, res);
  await provider.interactionFinished(req, res, result);
}

function readChoice(fields: URLSearchParams): InteractionResult | undefined {
  if (fields.has('cancel')) return { error: 'access_denied', error_description: 'The customer cancelled the sign-in' };
  const claims = findClaims(fields.get('sub') ?? '');
  return claims && { login: { accountId: claims.sub } };
}

/** Forgets an earlier person. The provider would otherwise sign them out on a page that needs JavaScript. */
async function forgetOtherPerson(
  provider: Provider,
  result: InteractionResult,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const interaction = await provider.interactionDetails(req, res);
  if (!interaction.session?.uid) return;
  const session = await provider.Session.findByUid(interaction.session.uid);
  if ('login' in result && session?.accountId === result.login.accountId) return;
  await session?.destroy();
  delete interaction.session;
  await interaction.persist();
}

/** Where a browser was sent after its choice, by the interaction's uid, for as long as a second press may take. */
const answers = new Map<string, string>();
const SECOND_PRESS_MS = 3_000;

/**
 * Sends the browser after a second press of the same button where the first one sent it. A browser gives up the first
 * request and follows the second alone, whose interaction has ended by then.
 */
export async function repeatAnswer(ctx: Context, next: () => Promise<void>): Promise<void> {
  const uid = uidIn(ctx.path);
  const again = answers.get(uid);
  if (again) return ctx.redirect(again);
  await next();
  const location = ctx.response.get('location');
  if (ctx.oidc?.route !== 'resume' || !location) return;
  answers.set(uid, location);
  setTimeout(() => answers.delete(uid), SECOND_PRESS_MS).unref();
}

/** Returns the last part of `/interaction/<uid>` and of `/auth/<uid>`. */
function uidIn(path: string): string {
  return path.split('?')[0]?.split('/')[2] ?? '';
}

async function readBody(req: IncomingMessage): Promise<string> {
  let body = '';
  // Read the whole body even when it is too long, because a client that is cut off never sees the response.
  for await (const chunk of req) if (body.length <= MAX_BODY_BYTES) body += chunk;
  if (body.length > MAX_BODY_BYTES) throw new RangeError('The form is longer than any choice on the page.');
  return body;
}

function sendFailure(res: ServerResponse, error: unknown): void {
  if (error instanceof errors.SessionNotFound) {
    sendHtml(res, 400, refusalPage('This sign-in has expired', 'Go back to the portal and start again.'));
  } else if (error instanceof RangeError) {
    sendHtml(res, 413, refusalPage('Too long', error.message));
  } else {
    console.error('identity provider:', error);
    sendHtml(res, 500, refusalPage('Something went wrong', 'The console of the sandbox says what.'));
  }
}
