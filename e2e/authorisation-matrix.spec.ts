// Calls every route and action of the build in every role. An undeclared one fails, so that nothing new is reachable
// by accident.
// ASVS 5.0: 2.2.2 3.5.3 6.3.4 7.6.2 8.1.1 8.2.1 8.2.2 8.3.1 13.4.5 15.2.3
import { type APIRequestContext, type Browser, expect, type Page, test } from '@playwright/test';
import { builtActions, builtRoutes } from './build';
import { readyToBuy, signIn } from './portal';
import { pathsOf, person } from './sandbox';
import { PORTAL } from './stack';

const ROLES = ['anonymous', 'owner', 'other', 'agent', 'supervisor', 'auditor', 'blocked'] as const;
type Role = (typeof ROLES)[number];

const OWNER = person(52);
const OTHER = person(53);
const BLOCKED = person(54);
const TARGET = person(55);
const OPERATORS = { agent: 'ihor-tkachenko', supervisor: 'oksana-melnyk', auditor: 'petro-lysenko' } as const;
type Operator = keyof typeof OPERATORS;
const SIGNED_IN = ['owner', 'other', 'agent', 'supervisor', 'auditor', 'blocked'] as const;

/** The status of GET for each role, in the order of ROLES. */
type Verdicts = [number, number, number, number, number, number, number];
const everybody = (status: number): Verdicts => [status, status, status, status, status, status, status];
/** Account pages redirect to sign-in, or show the caller's own data. */
const PRIVATE_PAGE: Verdicts = [307, 200, 200, 200, 200, 200, 307];
const OPERATORS_PAGE: Verdicts = [307, 404, 404, 200, 200, 200, 307];
const AUDIT_LOG: Verdicts = [307, 404, 404, 404, 200, 200, 307];
const REVIEWERS_PAGE: Verdicts = [307, 404, 404, 200, 200, 404, 307];
const SUPERVISORS_PAGE: Verdicts = [307, 404, 404, 404, 200, 404, 307];
/** Routes about the caller's own wallet. Only the owner has one. */
const OWN_WALLET: Verdicts = [401, 200, 409, 409, 409, 409, 401];

const ROUTES: Record<string, Verdicts> = {
  '/': everybody(200),
  '/widget': everybody(200),
  '/sign-in': [200, 307, 307, 307, 307, 307, 200],
  '/sign-in/check-email': everybody(200),
  '/sign-in/link': everybody(200),
  '/sign-in/oidc': everybody(405),
  '/sign-out': everybody(405),
  '/sign-out/done': everybody(303),
  '/preferences': everybody(405),
  '/account': PRIVATE_PAGE,
  '/account/activity': PRIVATE_PAGE,
  '/account/activity/receipt': PRIVATE_PAGE,
  '/account/activity/statement': PRIVATE_PAGE,
  // Refused for every role outside our iframe; guards.spec.ts requests it from inside. Before the page, whose response
  // proves the frame to browsers without Fetch Metadata, such as this client.
  '/account/buy/frame': everybody(403),
  // Refused for every role outside a link of our page; widget-in-sight.spec.ts follows it.
  '/account/buy/tab': everybody(403),
  '/account/buy': PRIVATE_PAGE,
  '/account/details': PRIVATE_PAGE,
  '/account/devices': PRIVATE_PAGE,
  '/account/help': PRIVATE_PAGE,
  '/account/messages': PRIVATE_PAGE,
  '/account/delete': [307, 405, 405, 405, 405, 405, 307],
  '/account/details/report': [307, 405, 405, 405, 405, 405, 307],
  '/operator': OPERATORS_PAGE,
  '/operator/audit': AUDIT_LOG,
  '/operator/integration': OPERATORS_PAGE,
  '/operator/integration/incidents.csv': OPERATORS_PAGE,
  '/operator/customers/[id]': OPERATORS_PAGE,
  '/operator/customers/[id]/review': REVIEWERS_PAGE,
  '/operator/review': OPERATORS_PAGE,
  '/operator/customers/[id]/[action]': SUPERVISORS_PAGE,
  '/operator/customers/[id]/timeline.csv': AUDIT_LOG,
  // Leads supervisors to the confirmation; the test below posts the form.
  '/operator/customers/[id]/data.json': [307, 404, 404, 404, 303, 404, 307],
  '/api/account/holdings': OWN_WALLET,
  '/api/account/operation': OWN_WALLET,
  '/api/account/operations': OWN_WALLET,
  // A failed download redirects to the page that explains it.
  '/api/account/operations.csv': [303, 200, 303, 303, 303, 303, 303],
  // Without an operation of one's own there is no receipt.
  '/api/account/receipt.pdf': everybody(303),
  '/api/account/statement.pdf': [303, 200, 303, 303, 303, 303, 303],
  '/api/account/own-data': [401, 200, 200, 200, 200, 200, 401],
  '/api/account/status': [401, 200, 200, 200, 200, 200, 401],
  '/api/auth/[...nextauth]': everybody(200),
  '/api/auth/backchannel-logout': everybody(405),
  '/api/csp-report': everybody(405),
  '/api/health/live': everybody(200),
  '/api/health/ready': everybody(200),
  // Not there without RECONCILE_TOKEN.
  '/api/reconcile': everybody(404),
  '/brand/[file]': everybody(200),
  '/manifest.webmanifest': everybody(200),
  '/robots.txt': everybody(200),
  '/offline': everybody(200),
  '/outdated': everybody(405),
  '/refused/[reason]': everybody(405),
  '/unavailable': everybody(503),
  '/_not-found': everybody(404),
  '/_global-error': everybody(500),
};

interface Ids {
  owner: string;
  device: string;
}

interface Action {
  page: string;
  form: (ids: Ids) => Record<string, string>;
  /** A text in the response, by role. */
  says: Record<Role, RegExp>;
}

const SIGNED_OUT = /"problem":"signed-out"/;
const FORBIDDEN = /"problem":"forbidden"/;
/** Customers get 404 for the support console and its actions. */
const NOT_THERE = /^status: 404\n/;
const to = (path: string) => new RegExp(`redirect: ${path}($|[?;])`);
const all = (says: RegExp) => Object.fromEntries(ROLES.map((role) => [role, says])) as Record<Role, RegExp>;
const CUSTOMER_PAGE = to('/operator/customers/[\\da-f-]{36}');
/** An action of the support console: operators get `says`, customers 404, and the rest is led to sign-in. */
const console = (says: RegExp, differing: Partial<Record<Role, RegExp>> = {}): Record<Role, RegExp> => ({
  ...all(to('/operator')),
  ...{ owner: NOT_THERE, other: NOT_THERE, agent: says, supervisor: says, auditor: says },
  ...differing,
});
/** The form is empty, so roles that may save see which fields are missing. */
const MISSING = /"errors":\{[^}]*"firstName":"required"/;

const REVIEW = '/operator/customers/00000000-0000-4000-8000-000000000000/review';

const ACTIONS: Record<string, Action> = {
  saveDetails: {
    page: '/account/details',
    form: () => ({}),
    says: { ...all(MISSING), anonymous: SIGNED_OUT, blocked: SIGNED_OUT },
  },
  openWidget: {
    page: '/account',
    form: () => ({}),
    says: { ...all(to('/account/buy')), owner: /redirect: \/account\/buy.*buy-pressed=[\da-f]{64}/s },
  },
  // Each role acts on its own authorisation and devices; the owner's are checked below.
  endAuthorisation: { page: '/account/buy', form: () => ({}), says: all(to('/account')) },
  endDevice: { page: '/account/devices', form: ({ device }) => ({ device }), says: all(to('/account/devices')) },
  endOtherDevices: { page: '/account/devices', form: () => ({}), says: all(to('/account/devices')) },
  saveMessages: { page: '/account/messages', form: () => ({ kind: 'ready' }), says: all(to('/account/messages')) },
  sendLink: { page: '/sign-in', form: () => ({ email: 'none' }), says: all(/"problem":"email"/) },
  findCustomers: {
    page: '/operator',
    form: () => ({ find: OWNER.email }),
    says: console(CUSTOMER_PAGE, { anonymous: SIGNED_OUT, blocked: SIGNED_OUT }),
  },
  // Every operator gets to the customer's page, which says whether it was done: the test below reads it.
  actOnCustomer: {
    page: '/operator',
    form: ({ owner }) => ({ customer: owner, action: 'sign-out', reason: 'lost-device' }),
    says: console(CUSTOMER_PAGE, { anonymous: SIGNED_OUT, blocked: SIGNED_OUT }),
  },
  decideRequest: {
    page: '/operator',
    form: ({ owner }) => ({ customer: owner, approval: owner, decision: 'confirm' }),
    says: console(CUSTOMER_PAGE),
  },
  addCustomerNote: {
    page: '/operator',
    form: ({ owner }) => ({ customer: owner, text: 'called back' }),
    says: console(CUSTOMER_PAGE, { auditor: FORBIDDEN, anonymous: SIGNED_OUT, blocked: SIGNED_OUT }),
  },
  revealContact: {
    page: '/operator',
    form: ({ owner }) => ({ customer: owner, field: 'email' }),
    says: console(CUSTOMER_PAGE, { auditor: to('/operator') }),
  },
  returnReviewed: {
    page: REVIEW,
    form: ({ owner }) => ({ customer: owner, version: '1', reason: 'mistyped', text: '' }),
    says: console(to('/operator/customers/[\\da-f-]{36}/review'), {
      ...{ auditor: FORBIDDEN, anonymous: SIGNED_OUT, blocked: SIGNED_OUT },
    }),
  },
  acceptReviewed: {
    page: REVIEW,
    form: ({ owner }) => ({ customer: owner, version: '1' }),
    says: {
      ...console(to('/operator/customers/[\\da-f-]{36}/review'), { auditor: to('/operator/review') }),
      ...{ anonymous: to('/operator/review'), blocked: to('/operator/review') },
    },
  },
  // The last one: each role withdraws its own consent.
  withdrawConsent: { page: '/account/details', form: () => ({}), says: all(to('/account/details')) },
};

const callers = {} as Record<Role, APIRequestContext>;
const pages = {} as Record<Exclude<Role, 'anonymous'>, Page>;
let ids: Ids;

async function newPage(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

test.beforeAll(async ({ browser }) => {
  // Signs seven people in, one after another.
  test.setTimeout(240_000);
  for (const role of SIGNED_IN) pages[role] = await newPage(browser);
  await readyToBuy(pages.owner, OWNER.sub);
  await signIn(pages.other, OTHER.sub);
  await signIn(pages.blocked, BLOCKED.sub);
  for (const role of Object.keys(OPERATORS) as Operator[]) await signIn(pages[role], OPERATORS[role]);
  for (const role of SIGNED_IN) callers[role] = pages[role].request;
  callers.anonymous = (await newPage(browser)).request;
  // A second browser of the owner, whose session the other roles try to end.
  const second = await newPage(browser);
  await signIn(second, OWNER.sub);
  await pages.owner.goto('/account/devices');
  const device = await pages.owner.locator('input[name=device]').first().inputValue();
  await signIn(await newPage(browser), TARGET.sub);
  ids = { owner: await fileOf(OWNER.email), device };
  await actOnCustomer('supervisor', await fileOf(BLOCKED.email), 'block');
});

/** These take the form's state first (components/use-kept-form.ts). */
const KEPT_FORMS = ['saveDetails', 'sendLink', 'findCustomers', 'actOnCustomer', 'addCustomerNote', 'returnReviewed'];

async function call(role: Role, name: string, fields: Record<string, string>, page: string): Promise<string> {
  const id = builtActions().find((action) => action.name === name)?.id ?? '';
  const twoArguments = KEPT_FORMS.includes(name);
  const multipart = new FormData();
  for (const [field, value] of Object.entries(fields)) multipart.append(`_1_${field}`, value);
  // React sends this part last, after the parts it refers to.
  multipart.append('0', twoArguments ? '[{},"$K1"]' : '["$K1"]');
  const headers = { origin: PORTAL.origin, 'next-action': id };
  const response = await callers[role].post(page, { headers, multipart, maxRedirects: 0 });
  const missing = ACTIONS[name]?.says[role] === NOT_THERE;
  expect(response.status(), `${role} ${name}`).toBeLessThan(missing ? 405 : 400);
  const { 'x-action-redirect': redirect = '', 'set-cookie': cookies = '' } = response.headers();
  return `status: ${response.status()}\nredirect: ${redirect}\n${cookies}\n${await response.text().catch(() => '')}`;
}

async function fileOf(email: string): Promise<string> {
  const said = await call('supervisor', 'findCustomers', { find: email }, '/operator');
  return /customers\/([\da-f-]{36})/.exec(said)?.[1] ?? '';
}

const actOnCustomer = (role: Operator, customer: string, action: string, reason = 'other') =>
  call(role, 'actOnCustomer', { customer, action, reason, text: 'a test' }, '/operator');

test('the declared routes are exactly those of the build [T39, T40]', () => {
  expect(builtRoutes().sort()).toEqual(Object.keys(ROUTES).sort());
});

test('the declared actions are exactly those of the build [T12]', () => {
  expect(
    builtActions()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(ACTIONS).sort());
});

for (const [index, role] of ROLES.entries())
  test(`routes, requested by: ${role} [T12]`, async () => {
    for (const [route, verdicts] of Object.entries(ROUTES)) {
      const path = route
        .replace('[...nextauth]', 'session')
        .replace('[id]', ids.owner)
        .replace('[action]', 'block')
        .replace('[reason]', 'method')
        .replace('[file]', 'icon-32.png');
      const response = await callers[role].get(path, { maxRedirects: 0 });
      expect(response.status(), `${role} ${route}`).toBe(verdicts[index]);
      if (role === 'owner' || Object.hasOwn(OPERATORS, role)) continue;
      const text = await response.text();
      // The requested id is part of the address in the response.
      for (const theirs of [OWNER.email, '52 Sample St', route.includes('[id]') ? 'Sample St' : ids.owner])
        expect(text, `${role} ${route}`).not.toContain(theirs);
    }
  });

test('a customer’s data is handed out to supervisors alone, with a reason and from our own page [T12, T13, T37]', async () => {
  const path = `/operator/customers/${await fileOf(TARGET.email)}/data.json`;
  const post = (role: Role, form: Record<string, string>, origin = PORTAL.origin) =>
    callers[role].post(path, { form, headers: { origin }, maxRedirects: 0 });
  const withReason = { reason: 'authority', text: 'a test' };
  const expected: Record<Role, number> = {
    ...{ anonymous: 307, owner: 404, other: 404, agent: 404, supervisor: 200, auditor: 404, blocked: 307 },
  };
  for (const role of ROLES) {
    const response = await post(role, withReason);
    expect(response.status(), role).toBe(expected[role]);
    if (role !== 'supervisor') expect(await response.text(), role).not.toContain(TARGET.email);
    else expect(await response.json()).toMatchObject({ account: { email: TARGET.email } });
  }
  for (const reason of ['', 'other']) {
    const response = await post('supervisor', { reason });
    expect([response.status(), await response.text()], reason).toEqual([303, '']);
  }
  expect((await post('supervisor', withReason, 'https://other.example')).status()).toBe(403);
});

for (const role of ['anonymous', 'other', 'blocked', 'auditor', 'owner', 'agent'] as const)
  test(`actions, called by: ${role} [T12]`, async () => {
    for (const [name, { page, form, says }] of Object.entries(ACTIONS)) {
      // The ends by the owner and the agent come last, because they succeed.
      if (role === 'owner' && (name === 'endDevice' || name === 'endOtherDevices')) continue;
      expect(await call(role, name, form(ids), page), `${role} ${name}`).toMatch(says[role]);
    }
    const live = (await callers.owner.get('/api/account/status')).status();
    expect(live, `the owner after everything that ${role} did`).toBe(role === 'agent' ? 401 : 200);
    const ended = (await pathsOf(OWNER.email)).filter((path) => path === '/v2/ramp/invalidate').length;
    if (role !== 'owner' && role !== 'agent') expect(ended).toBe(0);
  });

/** Actions that take effect, or are requested, for each role; every other one is refused. */
const MAY_ACT: Record<Operator, string[]> = {
  agent: ['cancel-authorisation', 'sign-out', 'ask-again'],
  supervisor: [
    'cancel-authorisation',
    'sign-out',
    'ask-again',
    'link-conflict',
    'dismiss-conflict',
    'block',
    'unblock',
    'delete',
  ],
  auditor: [],
};

for (const role of Object.keys(OPERATORS) as Operator[])
  test(`actions on a customer, by: ${role} [T12, T13]`, async () => {
    const target = await fileOf(TARGET.email);
    for (const action of MAY_ACT.supervisor) {
      // With a script, the response holds the next view of the page already. The message is in it, once.
      const shown = await actOnCustomer(role, target, action);
      const refused = shown.includes('Your role does not allow this. Nothing was changed.');
      expect(refused, `${role} ${action}`).toBe(!MAY_ACT[role].includes(action));
      const again = await (await callers[role].get(`/operator/customers/${target}`)).text();
      expect(again, 'the message is shown once').not.toContain('Your role does not allow this.');
    }
  });

test('contact data is masked for every role, and no page of the console holds a token [T13]', async () => {
  for (const role of Object.keys(OPERATORS) as Operator[]) {
    const shown = await (await callers[role].get(`/operator/customers/${ids.owner}`)).text();
    expect(shown).toContain('c•••@example.com');
    for (const never of [OWNER.email, '+38050', 'refreshToken', 'eyJ']) expect(shown, never).not.toContain(never);
  }
});
