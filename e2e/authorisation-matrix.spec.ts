// Calls every route and action of the build in every role. An undeclared one fails, so that nothing new is reachable
// by accident.
// ASVS 5.0: 2.2.2 3.5.3 6.3.4 7.6.2 8.1.1 8.2.1 8.2.2 8.3.1 13.4.5 15.2.3
import { readFileSync } from 'node:fs';
import { type APIRequestContext, type Browser, expect, type Page, test } from '@playwright/test';
import { readyToBuy, signIn } from './portal';
import { pathsOf, person } from './sandbox';
import { PORTAL } from './stack';

const ROLES = ['anonymous', 'owner', 'other', 'operator', 'blocked'] as const;
type Role = (typeof ROLES)[number];

const OWNER = person(52);
const OTHER = person(53);
const BLOCKED = person(54);
const OPERATOR = 'oksana-melnyk';

/** The status of GET for anonymous, owner, other, operator and blocked. */
type Verdicts = [number, number, number, number, number];
const everybody = (status: number): Verdicts => [status, status, status, status, status];
/** Account pages redirect to sign-in, or show the caller's own data. */
const PRIVATE_PAGE: Verdicts = [307, 200, 200, 200, 307];
const OPERATORS_PAGE: Verdicts = [307, 404, 404, 200, 307];
/** Routes about the caller's own wallet. Only the owner has one. */
const OWN_WALLET: Verdicts = [401, 200, 409, 409, 401];

const ROUTES: Record<string, Verdicts> = {
  '/': everybody(200),
  '/widget': everybody(200),
  '/sign-in': [200, 307, 307, 307, 200],
  '/sign-in/check-email': everybody(200),
  '/sign-in/link': everybody(200),
  '/sign-in/oidc': everybody(405),
  '/sign-out': everybody(405),
  '/sign-out/done': everybody(303),
  '/preferences': everybody(405),
  '/account': PRIVATE_PAGE,
  '/account/activity': PRIVATE_PAGE,
  '/account/buy': PRIVATE_PAGE,
  '/account/details': PRIVATE_PAGE,
  '/account/devices': PRIVATE_PAGE,
  // Refused for every role outside our iframe; guards.spec.ts requests it from inside.
  '/account/buy/frame': everybody(403),
  '/account/delete': [307, 405, 405, 405, 307],
  '/operator': OPERATORS_PAGE,
  '/operator/audit': OPERATORS_PAGE,
  '/operator/customers/[id]': OPERATORS_PAGE,
  '/api/account/holdings': OWN_WALLET,
  '/api/account/operations': OWN_WALLET,
  // A failed download redirects to the page that explains it.
  '/api/account/operations.csv': [303, 200, 303, 303, 303],
  '/api/account/own-data': [401, 200, 200, 200, 401],
  '/api/account/status': [401, 200, 200, 200, 401],
  '/api/auth/[...nextauth]': everybody(200),
  '/api/auth/backchannel-logout': everybody(405),
  '/api/csp-report': everybody(405),
  '/api/health/live': everybody(200),
  '/api/health/ready': everybody(200),
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
/** Customers get 404 for the support console and its actions. */
const NOT_THERE = /^status: 404\n/;
const to = (path: string) => new RegExp(`redirect: ${path}($|[?;])`);
const all = (says: RegExp) => Object.fromEntries(ROLES.map((role) => [role, says])) as Record<Role, RegExp>;
/** The form is empty, so roles that may save see which fields are missing. */
const MISSING = /"errors":\{[^}]*"firstName":"required"/;

const ACTIONS: Record<string, Action> = {
  saveDetails: {
    page: '/account/details',
    form: () => ({}),
    says: { anonymous: SIGNED_OUT, owner: MISSING, other: MISSING, operator: MISSING, blocked: SIGNED_OUT },
  },
  openWidget: {
    page: '/account',
    form: () => ({}),
    says: { ...all(to('/account/buy')), owner: /redirect: \/account\/buy.*buy-pressed=yes/s },
  },
  // Each role acts on its own authorisation and devices; the owner's are checked below.
  endAuthorisation: { page: '/account/buy', form: () => ({}), says: all(to('/account')) },
  endDevice: { page: '/account/devices', form: ({ device }) => ({ device }), says: all(to('/account/devices')) },
  sendLink: { page: '/sign-in', form: () => ({ email: 'none' }), says: all(/"problem":"email"/) },
  findCustomers: {
    page: '/operator',
    form: () => ({ find: OWNER.email }),
    says: {
      anonymous: SIGNED_OUT,
      owner: NOT_THERE,
      other: NOT_THERE,
      operator: to('/operator/customers/[\\da-f-]{36}'),
      blocked: SIGNED_OUT,
    },
  },
  actOnCustomer: {
    page: '/operator',
    form: ({ owner }) => ({ customer: owner, action: 'sign-out' }),
    says: {
      ...all(to('/operator')),
      owner: NOT_THERE,
      other: NOT_THERE,
      operator: to('/operator/customers/[\\da-f-]{36}'),
    },
  },
};

interface ServerReferences {
  node: Record<string, { exportedName: string }>;
}

const builtRoutes = Object.values(
  JSON.parse(readFileSync('.next/app-path-routes-manifest.json', 'utf8')) as Record<string, string>,
);
const builtActions = Object.entries(
  (JSON.parse(readFileSync('.next/server/server-reference-manifest.json', 'utf8')) as ServerReferences).node,
).map(([id, { exportedName }]) => ({ id, name: exportedName }));

const callers = {} as Record<Role, APIRequestContext>;
const pages = {} as Record<Exclude<Role, 'anonymous'>, Page>;
let ids: Ids;

async function newPage(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

test.beforeAll(async ({ browser }) => {
  for (const role of ['owner', 'other', 'operator', 'blocked'] as const) pages[role] = await newPage(browser);
  await readyToBuy(pages.owner, OWNER.sub);
  await signIn(pages.other, OTHER.sub);
  await signIn(pages.blocked, BLOCKED.sub);
  await signIn(pages.operator, OPERATOR);
  for (const role of ['owner', 'other', 'operator', 'blocked'] as const) callers[role] = pages[role].request;
  callers.anonymous = (await newPage(browser)).request;
  // A second browser of the owner, whose session the other roles try to end.
  const second = await newPage(browser);
  await signIn(second, OWNER.sub);
  await pages.owner.goto('/account/devices');
  const device = await pages.owner.locator('input[name=device]').first().inputValue();
  ids = { owner: await fileOf(OWNER.email), device };
  await actOnCustomer(await fileOf(BLOCKED.email), 'block');
});

test.afterAll(async () => actOnCustomer(await fileOf(BLOCKED.email), 'unblock'));

async function call(role: Role, name: string, fields: Record<string, string>, page: string): Promise<string> {
  const id = builtActions.find((action) => action.name === name)?.id ?? '';
  const twoArguments = ['saveDetails', 'sendLink', 'findCustomers'].includes(name);
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
  const said = await call('operator', 'findCustomers', { find: email }, '/operator');
  return /customers\/([\da-f-]{36})/.exec(said)?.[1] ?? '';
}

const actOnCustomer = (customer: string, action: string) =>
  call('operator', 'actOnCustomer', { customer, action }, '/operator');

test('the declared routes are exactly those of the build [T39, T40]', () => {
  expect([...builtRoutes].sort()).toEqual(Object.keys(ROUTES).sort());
});

test('the declared actions are exactly those of the build [T12]', () => {
  expect(builtActions.map(({ name }) => name).sort()).toEqual(Object.keys(ACTIONS).sort());
});

for (const [index, role] of ROLES.entries())
  test(`routes, requested by: ${role} [T12]`, async () => {
    for (const [route, verdicts] of Object.entries(ROUTES)) {
      const path = route
        .replace('[...nextauth]', 'session')
        .replace('[id]', ids.owner)
        .replace('[reason]', 'method')
        .replace('[file]', 'icon-32.png');
      const response = await callers[role].get(path, { maxRedirects: 0 });
      expect(response.status(), `${role} ${route}`).toBe(verdicts[index]);
      if (role === 'owner' || role === 'operator') continue;
      const text = await response.text();
      // The requested id is part of the address in the response.
      for (const theirs of [OWNER.email, '52 Sample St', route.includes('[id]') ? 'Sample St' : ids.owner])
        expect(text, `${role} ${route}`).not.toContain(theirs);
    }
  });

for (const role of ['anonymous', 'other', 'blocked', 'owner', 'operator'] as const)
  test(`actions, called by: ${role} [T12]`, async () => {
    for (const [name, { page, form, says }] of Object.entries(ACTIONS)) {
      // The ends by the owner and the operator come last, because they succeed.
      if (role === 'owner' && name === 'endDevice') continue;
      expect(await call(role, name, form(ids), page), `${role} ${name}`).toMatch(says[role]);
    }
    const live = (await callers.owner.get('/api/account/status')).status();
    expect(live, `the owner after everything that ${role} did`).toBe(role === 'operator' ? 401 : 200);
    const ended = (await pathsOf(OWNER.email)).filter((path) => path === '/v2/ramp/invalidate').length;
    if (role === 'anonymous' || role === 'other' || role === 'blocked') expect(ended).toBe(0);
  });
