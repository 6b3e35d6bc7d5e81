import { jwtClaims } from '../../lib/kunacore/jwt';
import type { Api } from './api';
import { codeOf, NoAccess, textOf } from './exchange';
import type { Notebook } from './notebook';
import type { Question } from './questions';
import { AGENT, canTell, type Examples, isAccepted, type Widget } from './screens';
import type { TestCustomer } from './writing';

const OTHER_AGENT = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Asks about tokens: by the API, and by what the widget shows. */
export async function askTokens(api: Api, customer: TestCustomer, widget: Widget, notebook: Notebook): Promise<void> {
  await askWithoutToken(api, customer, notebook);
  const first = await issue(api, customer.id);
  if (!first) {
    notebook.fail('/v2/ramp/token: no token');
    return;
  }
  notebook.ok('POST /v2/ramp/token: a token');
  answerClaims(first, notebook);
  await askWidget(api, customer, widget, notebook).catch((error: unknown) => {
    if (error instanceof NoAccess) throw error;
    notebook.fail(`widget: stopped answering (${codeOf(error)})`);
  });
  const { ok, status } = await api.call('/v2/ramp/invalidate', { customerId: customer.id });
  if (!ok && status !== 404) notebook.fail(`/v2/ramp/invalidate: status ${status}`);
}

async function askWithoutToken(api: Api, { id }: TestCustomer, notebook: Notebook): Promise<void> {
  const { ok, status } = await api.call('/v2/ramp/invalidate', { customerId: id });
  const answer = ok ? '2xx' : status === 404 ? '404' : null;
  if (answer === null) notebook.fail(`/v2/ramp/invalidate: ${status} for a customer without a token`);
  notebook.answer('invalidateWithoutToken', answer, `${status} for a customer who never had a token`);
}

async function issue(api: Api, customerId: string, userAgent = AGENT): Promise<string> {
  return textOf(await api.call('/v2/ramp/token', { customerId, userAgent }), 'token');
}

function answerClaims(token: string, notebook: Notebook): void {
  const claims = jwtClaims(token);
  notebook.answer('tokenClaims', claims ? Object.keys(claims).sort() : null, claims ? 'the payload' : 'no JWT');
  const { exp, iat } = claims ?? {};
  const from = typeof iat === 'number' ? iat : Math.floor(Date.now() / 1000);
  notebook.answer('tokenLifetime', typeof exp === 'number' ? exp - from : null, claims ? 'exp and iat' : 'no JWT');
  if (!claims) notebook.fail('/v2/ramp/token: the token is no JWT');
  else if (typeof exp !== 'number') notebook.fail('/v2/ramp/token: the token has no exp');
}

const WIDGET_QUESTIONS = ['secondOpening', 'otherUserAgent', 'newToken', 'tokenAfterInvalidate'] as const;

async function askWidget(api: Api, { id }: TestCustomer, widget: Widget, notebook: Notebook): Promise<void> {
  const open = (refreshToken: string, userAgent = AGENT) =>
    widget.open({ institutionId: widget.institutionId, refreshToken }, userAgent);
  const fresh = await issue(api, id);
  const examples: Examples = {
    accepted: await open(fresh),
    refused: [await open('not-a-token'), await open(withOtherSignature(fresh))],
  };
  if (!canTell(examples)) {
    notebook.note('widget: shows the same with a fresh and with an invented token, so nothing can be told from it');
    for (const question of WIDGET_QUESTIONS)
      notebook.answer(question, null, isAccepted(examples.accepted, examples).evidence);
    return;
  }
  notebook.ok('widget: a fresh token and an invented one can be told apart');
  const judge = (question: Question, screen: Examples['accepted'], yes: string, no: string) => {
    const { accepted, evidence } = isAccepted(screen, examples);
    notebook.answer(question, accepted === null ? null : accepted ? yes : no, evidence);
    return accepted;
  };
  judge('secondOpening', await open(fresh), 'accepted', 'refused');
  judge('otherUserAgent', await open(await issue(api, id), OTHER_AGENT), 'accepted', 'refused');
  const earlier = await issue(api, id);
  await issue(api, id);
  judge('newToken', await open(earlier), 'leaves-earlier', 'ends-earlier');
  const invalidated = await issue(api, id);
  const { status } = await api.call('/v2/ramp/invalidate', { customerId: id });
  const isStillGood = judge('tokenAfterInvalidate', await open(invalidated), 'accepted', 'refused');
  if (isStillGood) notebook.fail(`/v2/ramp/invalidate: ${status}, and the token still opens the widget`);
}

/** Returns a token that only differs in the last signs of its signature. */
function withOtherSignature(token: string): string {
  const end = token.slice(-6);
  return token.slice(0, -6) + (end === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA');
}
