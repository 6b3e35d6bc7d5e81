// Runs every route, page and action of the build while the database or KunaCore fails at each step. An undeclared one
// fails. PostgreSQL only.
import { type ChildProcess, spawn } from 'node:child_process';
import { type APIRequestContext, type APIResponse, devices, expect, request, test } from '@playwright/test';
import { Client } from 'pg';
import { builtActions, builtRoutes } from './build';
import { DatabaseProxy, type How } from './database-proxy';
import { detailsWith } from './http-browser';
import { LANGUAGES, type Language, OTHER, type Say, saying } from './messages';
import { startSignIn } from './portal';
import { clearFaults, customersOf, mailTo, person, setFault } from './sandbox';
import { portalEnvironment, SPARE_PORTAL } from './stack';

const OPERATOR = 'oksana-melnyk';
const SECOND_OPERATOR = 'nadiia-kravets';
/** An upper bound for the statements of one request. */
const MAX_STATEMENTS = 60;
/**
 * Returns whether an action has the failure of this number by this way. The server's part is the same by form and by script, so
 * scripts take every third failure and forms the others. FAILURES=all gives both all.
 */
const isTurn = (number: number, way: Way) =>
  process.env.FAILURES === 'all' || (number % 3 === 2) === (way === 'script');
let proxy: DatabaseProxy;
/** A direct connection, not through the proxy. */
let database: Client;
let portal: ChildProcess;
// All tests share the sandbox, so this test uses numbers of its own.
let next = 1700;
let networks = 0;

/** A signed-in user: the cookies of a browser without script. */
interface Visitor {
  request: APIRequestContext;
  email: string;
  sub: string;
}

async function repair(): Promise<void> {
  proxy.mend();
  const ready = async () => (await fetch(`${SPARE_PORTAL.origin}/api/health/ready`)).status;
  await expect.poll(() => ready().catch(() => 0), { timeout: 30_000 }).toBe(200);
  // Hundreds of requests by the same people: rate limits are tested elsewhere.
  await database.query('delete from rate_limits');
}

/** A browser without script or session. */
async function anonymous(): Promise<Visitor> {
  const { userAgent } = devices['Desktop Chrome'];
  // Rate limits by address are tested elsewhere.
  networks += 1;
  const extraHTTPHeaders = { 'x-forwarded-for': `10.1.${networks >> 8}.${networks & 255}` };
  return { request: await request.newContext({ userAgent, extraHTTPHeaders }), email: '', sub: '' };
}

/** Signs a person in, in a new browser. */
async function signedIn(sub: string, email = ''): Promise<Visitor> {
  const visitor = { ...(await anonymous()), email, sub };
  const choice = await startSignIn(visitor.request, SPARE_PORTAL.origin, '/account');
  await visitor.request.post(choice, { form: { sub } });
  expect(await isSignedIn(visitor), `${sub} is signed in`).toBe(true);
  return visitor;
}

/** Creates a new user who may buy. */
async function customer(): Promise<Visitor> {
  next += 1;
  const { sub, email } = person(next);
  const visitor = await signedIn(sub, email);
  const form = await prepare(ACTIONS.saveDetails as Action, visitor, 'en');
  await send('form', 'saveDetails', visitor, form, detailsWith('1 Break St, Kyiv'), 'en');
  const state = async () => (await (await get(visitor, '/api/account/status', 'en')).json()).customer;
  await expect.poll(state, { timeout: 30_000 }).toBe('ready');
  return visitor;
}

const isSignedIn = async (visitor: Visitor) => (await get(visitor, '/api/account/status', 'en')).status() === 200;

function get({ request }: Visitor, path: string, language: Language, headers = {}): Promise<APIResponse> {
  const sent = { 'accept-language': language, ...headers };
  return request.get(SPARE_PORTAL.origin + path, { headers: sent, maxRedirects: 0, timeout: 40_000 });
}

// Responses.

const INTERNALS = /node_modules|\.next\/|at \w+ \(|select "|insert into|Failed query|ECONN|__next_error__/;

/** Asserts that a page without script explains the failure and offers a next step. */
function expectPage(html: string, language: Language, where: string): void {
  expect(html, where).not.toMatch(INTERNALS);
  expect(html, where).toMatch(new RegExp(`<html[^>]* lang="${language}"|<html lang="${language}"`));
  expect(html, where).toMatch(/<h1[^>]*>[^<]+/);
  const main = /<main.*<\/main>/s.exec(html)?.[0] ?? '';
  expect(main, where).toMatch(/<a [^>]*href="|<button|<iframe/);
}

interface Outcome {
  /** The final address, or the redirect's target when no page could be shown. */
  path: string;
  text: string;
}

/** Follows a response as a browser does, first during the failure, then after it. */
async function outcomeOf(visitor: Visitor, response: APIResponse, language: Language, where: string): Promise<Outcome> {
  const { location, 'x-action-redirect': byScript, 'content-type': type = '' } = response.headers();
  const target = location ?? byScript?.split(';')[0];
  const text = await response.text().catch(() => '');
  if (!target) {
    if (type.startsWith('text/html')) expectPage(text, language, where);
    // The state of a form that stays unchanged.
    else if (type.startsWith('text/x-component')) expect(text, where).toMatch(/"problem":"/);
    // Our scripts turn this into a message (components/account-status.ts, components/fetch-account.ts).
    else expect(response.ok() || JSON.parse(text).error, where).toBeTruthy();
    expect(text, where).not.toMatch(INTERNALS);
    return { path: new URL(response.url()).pathname, text };
  }
  const url = new URL(target, SPARE_PORTAL.origin);
  expect(url.origin, where).toBe(SPARE_PORTAL.origin);
  const path = url.pathname + url.search;
  const broken = await get(visitor, path, language);
  const duringFailure = await broken.text();
  if (broken.status() === 200 || broken.status() >= 400) expectPage(duringFailure, language, `${where} → ${path}`);
  await repair();
  const shown = await get(visitor, path, language);
  // A message of the support console is shown once, in any of the three.
  return { path, text: [text, duringFailure, await shown.text()].join('\n') };
}

// Actions.

interface Action {
  /** Creates a user for each try, where an action works once only. */
  visitor: () => Promise<Visitor>;
  once?: boolean;
  page: string | ((visitor: Visitor) => Promise<string>);
  /** A text inside the form on that page. */
  form: string;
  fields?: (visitor: Visitor) => Promise<Record<string, string>>;
  /** Whether this response says that the change was stored. */
  success: (outcome: Outcome, say: Say) => boolean;
  /** Whether the change was stored. Left out for actions that store nothing. */
  stored?: (visitor: Visitor) => Promise<boolean>;
}

const cached = new Map<string, Promise<Visitor>>();
const createOnce = (name: string, make: () => Promise<Visitor>) => () => {
  const made = cached.get(name) ?? make();
  cached.set(name, made);
  return made;
};
const oneCustomer = createOnce('customer', customer);
const operators = new Map<string, { since: number; visitor: Promise<Visitor> }>();
/** An operator whose sign-in is fresh, as actions require. */
function operatorAs(sub: string): Promise<Visitor> {
  const known = operators.get(sub);
  if (known && Date.now() - known.since < 10 * 60_000) return known.visitor;
  const visitor = signedIn(sub);
  operators.set(sub, { since: Date.now(), visitor });
  return visitor;
}
const oneOperator = () => operatorAs(OPERATOR);

/** Returns the address of a customer's page. */
async function pageOf({ email }: Pick<Visitor, 'email'>): Promise<string> {
  const operator = await oneOperator();
  const form = await prepare(ACTIONS.findCustomers as Action, operator, 'en');
  const found = await send('form', 'findCustomers', operator, form, { find: email }, 'en');
  return new URL(found.headers().location ?? '', SPARE_PORTAL.origin).pathname;
}
const pageOfOne = async () => pageOf(await oneCustomer());
const idOf = (page: string) => page.split('/').at(-1) ?? '';

/** Asks for an action that waits for a second person. */
async function requestUnblock(): Promise<void> {
  const operator = await oneOperator();
  const page = { ...(ACTIONS.actOnCustomer as Action), page: `${await pageOfOne()}/unblock`, form: 'value="unblock"' };
  await send('form', 'actOnCustomer', operator, await prepare(page, operator, 'en'), { reason: 'checked' }, 'en');
}
/** The visitor's other browser, whose session an action ends. */
const otherBrowsers = new WeakMap<Visitor, Visitor>();
/** Signs a new person in, in two browsers. */
async function withOtherBrowser(): Promise<Visitor> {
  next += 1;
  const { sub } = person(next);
  const visitor = await signedIn(sub);
  otherBrowsers.set(visitor, await signedIn(sub));
  return visitor;
}
let typedAddress = '';

/** Details that waited before a switch to KYC_MODE=trusted still wait for a decision. */
async function withDetailsInReview(): Promise<Visitor> {
  const id = idOf(await pageOfOne());
  await database.query("update customers set review = 'waiting', review_since = now() where user_id = $1", [id]);
  // Who has accepted these details is not asked again. A trigger protects the history.
  await database.query('set session_replication_role = replica');
  await database.query("delete from details_history where user_id = $1 and event = 'accepted'", [id]);
  await database.query('set session_replication_role = origin');
  return oneOperator();
}

async function isInReview(state: 'returned' | null): Promise<boolean> {
  const { rows } = await database.query('select review from customers where user_id = $1', [idOf(await pageOfOne())]);
  return rows[0].review === state;
}

let typedNote = '';
let reveals = 0;
let revealed = '';

async function countReveals(): Promise<number> {
  const revealed = "event = 'sensitive_read' and facts->>'object' = 'contact'";
  const { rows } = await database.query(`select count(*)::int as count from audit_events where ${revealed}`);
  return rows[0].count;
}

const ACTIONS: Record<string, Action> = {
  saveDetails: {
    visitor: oneCustomer,
    page: '/account/details',
    form: 'name="firstName"',
    fields: async () => {
      typedAddress = `${Date.now()} Break St, Kyiv`;
      return detailsWith(typedAddress);
    },
    success: ({ path }) => path === '/account',
    stored: async (visitor) => (await (await get(visitor, '/account/details', 'en')).text()).includes(typedAddress),
  },
  openWidget: {
    visitor: customer,
    page: '/account',
    form: 'Buy crypto',
    success: () => false,
  },
  endAuthorisation: {
    visitor: customer,
    page: '/account/buy',
    form: '$ACTION',
    fields: async (visitor) => {
      // A token for the action to end.
      await get(visitor, '/account/buy/frame', 'en', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' });
      return {};
    },
    success: ({ path }) => path === '/account',
    stored: async ({ email }) => (await customersOf(email))[0]?.liveTokens === 0,
  },
  withdrawConsent: {
    visitor: customer,
    once: true,
    page: '/account/details',
    form: 'name="withdraw"',
    success: ({ path }) => path === '/account/details',
    stored: async (visitor) =>
      (await (await get(visitor, '/account/details', 'en')).text()).includes('You withdrew your consent'),
  },
  saveMessages: {
    visitor: customer,
    once: true,
    page: '/account/messages',
    form: 'name="kind"',
    success: ({ path, text }, say) => path === '/account/messages' && text.includes(say('done.messages-saved')),
    stored: async (visitor) => !(await (await get(visitor, '/account/messages', 'en')).text()).includes('checked=""'),
  },
  endDevice: {
    visitor: withOtherBrowser,
    once: true,
    page: '/account/devices',
    form: 'name="device"',
    success: ({ path }) => path === '/account/devices',
    stored: async (visitor) => !(await isSignedIn(otherBrowsers.get(visitor) as Visitor)),
  },
  endOtherDevices: {
    visitor: withOtherBrowser,
    once: true,
    page: '/account/devices',
    form: 'Sign out all other devices',
    success: ({ path }) => path === '/account/devices',
    stored: async (visitor) => !(await isSignedIn(otherBrowsers.get(visitor) as Visitor)),
  },
  sendLink: {
    visitor: anonymous,
    page: '/sign-in',
    form: 'name="email"',
    fields: async () => {
      typedAddress = `nobody-${Date.now()}@example.com`;
      return { email: typedAddress, callbackUrl: '/account' };
    },
    success: ({ path }) => path === '/sign-in/check-email',
    stored: async () => (await mailTo(typedAddress)).links.length > 0,
  },
  findCustomers: {
    visitor: oneOperator,
    page: '/operator',
    form: 'name="find"',
    fields: async () => ({ find: person(1701).email }),
    success: () => false,
  },
  actOnCustomer: {
    visitor: async () => {
      const operator = await oneOperator();
      const ended = otherBrowsers.get(operator);
      otherBrowsers.set(operator, await signedIn(ended?.sub ?? person(890).sub, person(890).email));
      return operator;
    },
    once: true,
    page: async (operator) => `${await pageOf(otherBrowsers.get(operator) as Visitor)}/sign-out`,
    form: 'value="sign-out"',
    fields: async () => ({ reason: 'lost-device', text: '' }),
    success: ({ text }, say) => text.includes(say('support.outcomes.sign-out')),
    stored: async (operator) => !(await isSignedIn(otherBrowsers.get(operator) as Visitor)),
  },
  decideRequest: {
    visitor: async () => {
      await requestUnblock();
      return operatorAs(SECOND_OPERATOR);
    },
    once: true,
    page: pageOfOne,
    form: 'name="approval"',
    fields: async () => ({ decision: 'refuse' }),
    success: ({ text }, say) => text.includes(say('support.outcomes.refused')),
    stored: async () => {
      const open = 'select 1 from approvals where user_id = $1 and decision is null';
      return (await database.query(open, [idOf(await pageOfOne())])).rows.length === 0;
    },
  },
  addCustomerNote: {
    visitor: oneOperator,
    once: true,
    page: pageOfOne,
    form: 'id="note"',
    fields: async () => {
      typedNote = `Called back at ${Date.now()}`;
      return { text: typedNote };
    },
    success: ({ text }, say) => text.includes(say('support.outcomes.noted')),
    stored: async (operator) => (await (await get(operator, await pageOfOne(), 'en')).text()).includes(typedNote),
  },
  revealContact: {
    visitor: oneOperator,
    once: true,
    page: pageOfOne,
    form: 'value="email"',
    fields: async () => {
      reveals = await countReveals();
      revealed = (await oneCustomer()).email;
      return { field: 'email' };
    },
    success: ({ text }) => text.includes(revealed),
    stored: async () => (await countReveals()) > reveals,
  },
  returnReviewed: {
    visitor: withDetailsInReview,
    once: true,
    page: async () => `${await pageOfOne()}/review`,
    form: 'id="text"',
    fields: async () => ({ reason: 'mistyped', text: 'Please compare the number.' }),
    success: ({ text }, say) => text.includes(say('review.outcomes.returned')),
    stored: () => isInReview('returned'),
  },
  acceptReviewed: {
    visitor: withDetailsInReview,
    once: true,
    page: async () => `${await pageOfOne()}/review`,
    form: 'Accept the details',
    fields: async () => ({}),
    success: ({ text }, say) => text.includes(say('review.outcomes.accepted')),
    stored: () => isInReview(null),
  },
};

interface Prepared {
  path: string;
  hidden: Record<string, string>;
}

/** Forms that only their button tells apart: its text, and the message with it. */
const BUTTONS: Record<string, string> = {
  'Buy crypto': 'account.buy',
  'Accept the details': 'review.accept.submit',
  'Sign out all other devices': 'devices.others',
};

/** Opens the page of an action and reads its form, as a browser without script does. */
async function prepare(action: Action, visitor: Visitor, language: Language): Promise<Prepared> {
  const path = typeof action.page === 'string' ? action.page : await action.page(visitor);
  const html = await (await get(visitor, path, language)).text();
  const label = BUTTONS[action.form] ? saying(language)(BUTTONS[action.form] as string) : action.form;
  const form = html.match(/<form[^>]*>.*?<\/form>/gs)?.find((one) => one.includes(label));
  expect(form, `the form of ${path}, whose page says ${/<h1[^>]*>([^<]*)/.exec(html)?.[1]}`).toBeTruthy();
  const inputs = [...(form ?? '').matchAll(/<input type="hidden"([^>]*)>/g)].map(([, attributes = '']) => [
    attribute(attributes, 'name'),
    attribute(attributes, 'value'),
  ]);
  return { path, hidden: Object.fromEntries(inputs) };
}

function attribute(attributes: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
  return value.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&#x27;', "'");
}

/** These take the form's state first (components/use-kept-form.ts). */
const KEPT_FORMS = ['saveDetails', 'sendLink', 'findCustomers', 'actOnCustomer', 'addCustomerNote', 'returnReviewed'];
const WAYS = ['form', 'script'] as const;
type Way = (typeof WAYS)[number];

function send(
  way: Way,
  name: string,
  { request }: Visitor,
  { path, hidden }: Prepared,
  fields: Record<string, string>,
  language: Language,
): Promise<APIResponse> {
  const headers = { origin: SPARE_PORTAL.origin, 'accept-language': language };
  const url = SPARE_PORTAL.origin + path;
  const options = { maxRedirects: 0, timeout: 60_000 };
  if (way === 'form') return request.post(url, { ...options, headers, multipart: { ...hidden, ...fields } });
  const id = builtActions().find((action) => action.name === name)?.id ?? '';
  const own = Object.entries({ ...hidden, ...fields }).filter(([field]) => !field.startsWith('$'));
  const multipart = new FormData();
  for (const [field, value] of own) multipart.append(`_1_${field}`, value);
  multipart.append('0', KEPT_FORMS.includes(name) ? '[{},"$K1"]' : '["$K1"]');
  return request.post(url, { ...options, headers: { ...headers, 'next-action': id }, multipart });
}

/**
 * Runs an action once during a failure, and compares the response with the stored data.
 * @returns whether the database broke before the response.
 */
async function tryOnce(
  name: string,
  way: Way,
  language: Language,
  breaks: () => unknown,
  where: string,
): Promise<boolean> {
  const action = ACTIONS[name] as Action;
  await repair();
  const visitor = await (action.once ? action.visitor : createOnce(`${name}`, action.visitor))();
  const prepared = await prepare(action, visitor, language);
  const fields = (await action.fields?.(visitor)) ?? {};
  await breaks();
  const response = await send(way, name, visitor, prepared, fields, language);
  const hit = proxy.hit;
  expect(response.status(), where).not.toBe(500);
  const outcome = await outcomeOf(visitor, response, language, where);
  // A form that is shown again keeps the typed values.
  if (way === 'form' && response.status() === 200 && name !== 'findCustomers')
    for (const typed of Object.values(fields)) expect(outcome.text, where).toContain(typed);
  const claims = action.success(outcome, saying(language));
  await repair();
  await clearFaults();
  if (claims && action.stored)
    await expect.poll(() => action.stored?.(visitor), { message: where, timeout: 20_000 }).toBe(true);
  return hit;
}

// Routes and pages.

type Role = 'customer' | 'operator' | 'anonymous';

interface Route {
  as: Role;
  path?: string;
  headers?: Record<string, string>;
  /** Restricts the route to one language. A user of its own requests it, because the account stores the language. */
  language?: Language;
  /** The fields of a form to post there. */
  post?: Record<string, string>;
  /** A redirect that is allowed only after the change was stored, and the check for that. */
  success?: string;
  stored?: (visitor: Visitor) => Promise<boolean>;
}

const IN_A_FRAME = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' };
const signedOut = async (visitor: Visitor) => !(await isSignedIn(visitor));
const page = (as: Role): Route[] => [{ as }];
/** Routes without a database query; e2e/authorisation-matrix.spec.ts has their responses. */
const WITHOUT_DATABASE: Route[] = [];

const ROUTES: Record<string, Route[]> = {
  '/': page('anonymous'),
  '/widget': page('anonymous'),
  '/sign-in': [{ as: 'anonymous' }, { as: 'customer' }],
  '/sign-in/check-email': page('anonymous'),
  '/sign-in/link': [{ as: 'anonymous', path: '/sign-in/link?token=x&email=nobody%40example.com' }],
  '/sign-in/oidc': [{ as: 'anonymous', post: { callbackUrl: '/account' } }],
  '/sign-out': [
    { as: 'customer', post: {}, success: '/sign-in?signed-out', stored: signedOut },
    { as: 'customer', post: { where: 'everywhere' }, success: '/sign-in?signed-out', stored: signedOut },
  ],
  '/preferences': [{ as: 'customer', post: { language: OTHER }, language: OTHER }],
  '/account': page('customer'),
  '/account/activity': page('customer'),
  '/account/activity/receipt': page('customer'),
  '/account/activity/statement': page('customer'),
  '/account/buy': page('customer'),
  '/account/details': page('customer'),
  '/account/devices': page('customer'),
  '/account/help': page('customer'),
  '/account/messages': page('customer'),
  '/account/buy/frame': [{ as: 'customer', headers: IN_A_FRAME }],
  '/account/buy/tab': [{ as: 'customer', headers: { ...IN_A_FRAME, 'sec-fetch-dest': 'document' } }],
  '/account/details/report': [{ as: 'customer', post: { field: 'lastName' } }],
  '/account/delete': [{ as: 'customer', post: { confirm: 'yes' }, success: '/sign-in?deleted', stored: signedOut }],
  '/operator': page('operator'),
  '/operator/audit': page('operator'),
  '/operator/customers/[id]': page('operator'),
  '/operator/customers/[id]/[action]': page('operator'),
  '/operator/customers/[id]/data.json': [
    { as: 'operator' },
    { as: 'operator', post: { reason: 'authority', text: 'A letter' } },
  ],
  '/operator/customers/[id]/review': page('operator'),
  '/operator/customers/[id]/timeline.csv': page('operator'),
  '/operator/integration': page('operator'),
  '/operator/integration/incidents.csv': page('operator'),
  '/operator/review': page('operator'),
  '/api/account/holdings': page('customer'),
  '/api/account/operation': page('customer'),
  '/api/account/operations': page('customer'),
  '/api/account/operations.csv': page('customer'),
  '/api/account/own-data': page('customer'),
  '/api/account/receipt.pdf': page('customer'),
  '/api/account/statement.pdf': page('customer'),
  '/api/account/status': page('customer'),
  '/api/auth/[...nextauth]': [
    { as: 'customer', path: '/api/auth/session' },
    {
      as: 'anonymous',
      path: '/api/auth/callback/email',
      post: { token: 'x', email: 'nobody@example.com', callbackUrl: '/account' },
    },
    { as: 'anonymous', path: '/api/auth/callback/email?token=x&email=nobody%40example.com' },
    { as: 'anonymous', path: '/api/auth/callback/oidc?code=x&state=y' },
  ],
  '/sign-out/done': WITHOUT_DATABASE,
  // Answers a program: lib/sign-in/backchannel-logout.test.ts has its failures.
  '/api/auth/backchannel-logout': [],
  '/api/csp-report': WITHOUT_DATABASE,
  // Answers a program: lib/server/reconcile-route.test.ts has its failures.
  '/api/reconcile': [],
  '/api/health/live': WITHOUT_DATABASE,
  // A response for machines.
  '/api/health/ready': WITHOUT_DATABASE,
  '/brand/[file]': WITHOUT_DATABASE,
  '/manifest.webmanifest': WITHOUT_DATABASE,
  '/robots.txt': WITHOUT_DATABASE,
  '/offline': page('customer'),
  '/outdated': WITHOUT_DATABASE,
  '/refused/[reason]': WITHOUT_DATABASE,
  '/unavailable': page('customer'),
  '/_not-found': [{ as: 'customer', path: '/nothing-here' }],
  '/_global-error': WITHOUT_DATABASE,
};

async function visitorFor({ as, stored, language }: Route): Promise<Visitor> {
  if (as === 'operator') return oneOperator();
  if (as === 'anonymous') return anonymous();
  next += 1;
  return stored ? signedIn(person(next).sub) : createOnce(`reader${language ?? ''}`, customer)();
}

async function askOnce(
  route: Route,
  path: string,
  language: Language,
  breaks: () => unknown,
  where: string,
): Promise<boolean> {
  await repair();
  const visitor = await visitorFor(route);
  const headers: Record<string, string> = {
    origin: SPARE_PORTAL.origin,
    'accept-language': language,
    ...route.headers,
  };
  // The cookies that remain after a response that deletes some.
  const { cookies } = await visitor.request.storageState();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  await breaks();
  const url = SPARE_PORTAL.origin + path;
  const options = { headers, maxRedirects: 0, timeout: 60_000 };
  const response = await (route.post
    ? visitor.request.post(url, { ...options, form: route.post })
    : visitor.request.get(url, options));
  const hit = proxy.hit;
  expect(response.status(), where).not.toBe(500);
  const { location = '' } = response.headers();
  const target = location ? new URL(location, url) : null;
  if (headers.rsc) expect(await response.text(), where).not.toMatch(INTERNALS);
  // Redirects to Kuna's widget or the identity provider.
  else if (!target || target.origin === SPARE_PORTAL.origin) await outcomeOf(visitor, response, language, where);
  await repair();
  await clearFaults();
  if (route.success && target && target.pathname + target.search === route.success) {
    const copied = await fetch(`${SPARE_PORTAL.origin}/api/account/status`, { headers: { cookie } });
    expect(copied.status, where).toBe(401);
  }
  return hit;
}

async function anyCustomerPage(): Promise<string> {
  await createOnce('reader', customer)();
  const html = await (await get(await oneOperator(), '/operator?queue=all', 'en')).text();
  return /\/operator\/customers\/[\da-f-]{36}/.exec(html)?.[0] ?? '';
}

// Round trips.

/**
 * Asserts how many statements a request needs at most. Asks until it is so few, because the background work sends its own
 * through the same proxy, and several rounds of it may follow one another.
 */
async function expectStatements(
  most: number,
  request: () => Promise<unknown>,
  { before = async () => {}, of = '' }: { before?: () => Promise<unknown>; of?: string } = {},
): Promise<void> {
  const count = async () => {
    await before();
    proxy.breakAfter(MAX_STATEMENTS * 10, 'cut');
    await request();
    const { statements } = proxy;
    proxy.mend();
    return statements;
  };
  await expect.poll(count, { timeout: 60_000, message: of }).toBeLessThanOrEqual(most);
}

/** Prepares a portal whose database is reached through a proxy that breaks. */
function preparePortal(): void {
  // In parallel: spread over the workers in chunks, each with a portal of its own.
  test.describe.configure({ timeout: 600_000, mode: 'parallel' });
  // Hundreds of requests a test.
  test.use({ trace: 'off' });
  test.beforeAll(async () => {
    const settings = portalEnvironment('spare-portal');
    proxy = await DatabaseProxy.to(settings.DATABASE_URL ?? '');
    database = new Client({ connectionString: settings.DATABASE_URL });
    await database.connect();
    portal = spawn(
      process.execPath,
      ['node_modules/next/dist/bin/next', 'start', '--port', String(SPARE_PORTAL.port)],
      {
        // A sign-out leads to the page that says so, not by way of the identity provider.
        env: { ...process.env, ...settings, DATABASE_URL: proxy.url, TRUSTED_PROXY_HOPS: '1', OIDC_LOGOUT: 'off' },
        stdio: 'ignore',
      },
    );
    await repair();
  });

  test.afterAll(async () => {
    portal?.kill('SIGKILL');
    await database?.end();
    proxy?.close();
  });

  test.afterEach(() => clearFaults());
}

/** Actions of operators start at the page of a customer, which is looked up, or at the console. */
const isOperators = ({ page }: Action) => typeof page !== 'string' || page.startsWith('/operator');

/** Tests every action of the build by customers and visitors, or by operators. */
export function testActions(by: 'customers' | 'operators'): void {
  preparePortal();
  test('the declared actions are exactly those of the build', () => {
    expect(
      builtActions()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(ACTIONS).sort());
  });

  const names = Object.keys(ACTIONS).filter((name) => isOperators(ACTIONS[name] as Action) === (by === 'operators'));
  for (const name of names)
    for (const way of WAYS) {
      test(`${name} by ${way}: the database is cut off at one statement after another`, async () => {
        for (let after = 0; after < MAX_STATEMENTS; after += 1) {
          if (!isTurn(after, way)) continue;
          const language = LANGUAGES[after % LANGUAGES.length] ?? 'en';
          const stays = after % 4 < 2;
          const where = `${name} by ${way} in ${language}, cut after ${after} statements, ${stays ? 'for good' : 'once'}`;
          if (!(await tryOnce(name, way, language, () => proxy.breakAfter(after, 'cut', !stays), where))) return;
        }
      });

      test(`${name} by ${way}: the commit’s response is lost, or the database never answers`, async () => {
        const breaks: [How, 'commit' | 0 | 1][] = [
          ['response-lost', 'commit'],
          ['cut', 'commit'],
          ['hang', 'commit'],
          ['hang', 0],
        ];
        for (const [index, [how, at]] of breaks.entries()) {
          if (!isTurn(index, way)) continue;
          const language = LANGUAGES[index % 2] as Language;
          const where = `${name} by ${way} in ${language}, ${how} at ${at}`;
          await tryOnce(name, way, language, () => proxy.breakAfter(at, how), where);
        }
      });
    }

  // The server's part is the same by script, and the tests above show what a script says after a failure.
  for (const name of names)
    test(`${name}: KunaCore fails in the middle`, async () => {
      const faults = ['reset-before', 'reset-middle', 'malformed', 'html', 'apply-then-fail', 'other-customer'];
      for (const [index, kind] of faults.entries()) {
        const language = LANGUAGES[index % 2] as Language;
        const fault = { endpoint: '*', kind, count: 20 };
        await tryOnce(name, 'form', language, () => setFault(fault), `${name} in ${language}, ${kind}`);
      }
    });
}

/** Tests every route and page of the build, and counts statements. */
export function testRoutes(): void {
  preparePortal();
  test('the declared routes are exactly those of the build', () => {
    expect(builtRoutes().sort()).toEqual(Object.keys(ROUTES).sort());
  });

  for (const [name, routes] of Object.entries(ROUTES))
    for (const route of routes) {
      const what = `${route.post ? 'POST' : 'GET'} ${route.path ?? name} as ${route.as}${route.post?.where ? ', everywhere' : ''}`;
      test(`${what}: the database or KunaCore fails at any step`, async () => {
        await repair();
        const customerPage = name.includes('[id]') ? await anyCustomerPage() : '';
        const path = (route.path ?? name)
          .replace('/operator/customers/[id]', customerPage)
          .replace('[action]', 'block');
        const isPage = !route.post && !name.startsWith('/api/') && !/\.(csv|json)$/.test(name) && !route.headers;
        for (let after = 0; after < MAX_STATEMENTS; after += 1) {
          const language = route.language ?? LANGUAGES[after % LANGUAGES.length] ?? 'en';
          const stays = after % 4 < 2;
          const where = `${what} in ${language}, cut after ${after} statements, ${stays ? 'for good' : 'once'}`;
          const breaks = () => proxy.breakAfter(after, 'cut', !stays);
          if (!(await askOnce(route, path, language, breaks, where))) break;
          // The same page, as the client-side router requests it.
          const byScript = { ...route, headers: { rsc: '1' } };
          if (isPage && isTurn(after, 'script')) await askOnce(byScript, path, language, breaks, `${where}, by script`);
        }
        for (const [how, at] of [
          ['hang', 0],
          ['response-lost', 'commit'],
          ['hang', 'commit'],
        ] as const) {
          if (at === 'commit' && !route.post) continue;
          await askOnce(route, path, OTHER, () => proxy.breakAfter(at, how), `${what}, ${how} at ${at}`);
        }
        for (const kind of ['reset-middle', 'malformed', 'other-customer'])
          await askOnce(
            route,
            path,
            route.language ?? 'en',
            () => setFault({ endpoint: '*', kind, count: 20 }),
            `${what}, ${kind}`,
          );
      });
    }

  test('a page, the status and the frame of a token issued ahead need at most two statements each, another frame seven', async () => {
    await repair();
    const visitor = await oneCustomer();
    for (const path of ['/account', '/account/activity', '/account/details', '/account/buy', '/api/account/status'])
      await expectStatements(2, () => get(visitor, path, 'en'), { of: path });
    const tokens = async () =>
      (await database.query("select count(*)::int as count from audit_events where event = 'authn_token_created'"))
        .rows;
    // The database was cut off before some holders gave theirs back: those expire.
    const leases = async () => (await database.query('select 1 from customers where lease_until > now()')).rowCount;
    const visit = async () => {
      const before = await tokens();
      await get(visitor, '/account/buy', 'en', { 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' });
      await expect.poll(tokens).not.toEqual(before);
      await expect.poll(leases, { timeout: 30_000 }).toBe(0);
      await database.query('delete from rate_limits');
    };
    const frame = async () => expect((await get(visitor, '/account/buy/frame', 'en', IN_A_FRAME)).status()).toBe(303);
    await expectStatements(2, frame, { before: visit });
    const withoutLimits = () => database.query('delete from rate_limits');
    // Session, limit, lease, check, check with the audit log, hand-over.
    await expectStatements(7, frame, { before: withoutLimits });
  });
}
