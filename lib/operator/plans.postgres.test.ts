// Runs on PostgreSQL only (npm run test:postgres): what the support console reads when there are many customers.
import { beforeAll, describe, expect, test } from 'vitest';
import { readAuditLog } from '@/lib/audit/read';
import { readAcceptances, readVersion } from '@/lib/customers/history';
import { readOverview } from '@/lib/integration/overview';
import { prepareStoredData } from '@/lib/maintenance/data-migration';
import { seedPeople } from '@/scripts/seed-people';
import { seededPerson } from '@/scripts/seeded-people';
import { explain, onOwnConnection, type PlanNode, statementsOf } from '@/tests/plans';
import { useLonePortal } from '@/tests/portal';
import { openApprovals } from './approvals';
import { namesOf, readContact } from './contact';
import { readCustomerFile } from './customers';
import { listNotes } from './notes';
import { QUEUES } from './queue-names';
import { countQueues, readQueue } from './queues';
import { countWaiting, listWaiting } from './review';
import { findPeople } from './search/find';
import { readStory, STORY_KINDS } from './story';

const portal = useLonePortal();
/**
 * The same page is compared at two sizes. Below the first, tables fit into so few pages that the planner rightly reads
 * them whole. Above the second, only the bench goes: up to 15 million, an index of ids has as many levels as here.
 */
const [FEW, MANY] = [10_000, 40_000];

/** Person number 15 is ready to buy, with a session, notes, a request for a second person and a long history. */
const SOUGHT = seededPerson(15);
const IN_REVIEW = seededPerson(2);
const { firstName, lastName, phoneNumber } = SOUGHT.details;

const SEARCHES: [string, string][] = [
  ['a whole name', `${firstName} ${lastName}`],
  ['a common name', 'Kovalenko Oleksandr'],
  ['the beginning of a common name', 'ole'],
  ['the beginnings of two common names', 'ole kov'],
  ['a name and four digits', `${firstName} ${lastName} ${phoneNumber.slice(-4)}`],
  ['a whole address', SOUGHT.email],
  ['a part of an address', SOUGHT.email.slice(0, SOUGHT.email.indexOf('@') + 3)],
  ['a phone number', phoneNumber],
  ['four digits', phoneNumber.slice(-4)],
  ['our id', SOUGHT.id],
  ['an external id', SOUGHT.externalId],
  ['a customer id', SOUGHT.customerId],
  ['a wallet id', SOUGHT.walletId],
];
const IN_VAIN: [string, string][] = [
  ['an unknown id', '00000000-0000-4000-8000-000000000000'],
  ['a name that nobody has', 'Zzyzx Qqqq'],
  ['two common first names', 'Oleksandr Olena'],
];

/** The pages of the console, by what they read. Each shows the same at every size. */
const VIEWS: [string, () => Promise<unknown>][] = [
  ...QUEUES.flatMap((queue): [string, () => Promise<unknown>][] => [
    [`the queue ${queue}`, () => readQueue(portal.services, queue, null)],
    [
      `a later page of the queue ${queue}`,
      async () => readQueue(portal.services, queue, (await readQueue(portal.services, queue, null)).next),
    ],
  ]),
  ['the queue of reviews', () => listWaiting(portal.services, null)],
  [
    'a later page of the queue of reviews',
    async () => listWaiting(portal.services, (await listWaiting(portal.services, null)).next),
  ],
  ["a customer's data", () => readCustomerFile(portal.services, SOUGHT.id)],
  [
    "a customer's contact data",
    async () => readContact(portal.services, { userId: SOUGHT.id, email: null, claimsSealed: null }),
  ],
  ["a customer's notes", () => listNotes(portal.services, SOUGHT.id)],
  ["a customer's requests for a second person", () => openApprovals(portal.services, SOUGHT.id)],
  ["a customer's timeline and its views", () => readStory(portal.services, SOUGHT.id)],
  ...STORY_KINDS.map((kind): [string, () => Promise<unknown>] => [
    `a customer's timeline of ${kind}`,
    () => readStory(portal.services, SOUGHT.id, { kind }),
  ]),
  ['details in review', () => readVersion(portal.services, IN_REVIEW.id, 1)],
  ['acceptances of details', () => readAcceptances(portal.services, IN_REVIEW.id, 1)],
  ['the audit log', () => readAuditLog(portal.services)],
  ['a later page of the audit log', () => readAuditLog(portal.services, { before: 1_000 })],
  ['the audit log of one customer', () => readAuditLog(portal.services, { subject: SOUGHT.id })],
  ...SEARCHES.filter(([name]) => / id|whole address|phone number/.test(name)).map(
    ([name, typed]): [string, () => Promise<unknown>] => [
      `a search by ${name}`,
      () => findPeople(portal.services, typed),
    ],
  ),
];

const pagesAmongFew = new Map<string, number>();

beforeAll(async () => {
  await prepareStoredData(portal.services.db, portal.services.keyring);
  await seed(1, FEW);
  for (const [name, read] of VIEWS) pagesAmongFew.set(name, (await plansOf(read)).pages);
  await seed(FEW + 1, MANY);
}, 1_800_000);

function seed(first: number, last: number): Promise<void> {
  const { keyring } = portal.services;
  return onOwnConnection(portal, (client) =>
    seedPeople((text, values) => client.query(text, values), keyring, first, last),
  );
}

/** Tables with as many rows as there are customers, or more. */
const GROWING = [
  ...['users', 'accounts', 'sessions', 'customers', 'authorisations', 'details', 'details_history', 'search_tokens'],
  ...['audit_events', 'case_notes'],
];

/** Returns the growing tables that the statements of `read` read whole, and the number of pages that they read. */
async function plansOf(read: () => Promise<unknown>): Promise<{ whole: string[]; pages: number }> {
  const statements = await statementsOf(read);
  expect(statements.length).toBeGreaterThan(0);
  const plans: PlanNode[][] = [];
  for (const statement of statements) plans.push(await onOwnConnection(portal, (client) => explain(client, statement)));
  const whole = plans
    .flat()
    .filter((node) => node['Node Type'] === 'Seq Scan' && GROWING.includes(node['Relation Name'] ?? ''))
    .map((node) => node['Relation Name'] ?? '');
  return { whole, pages: plans.reduce((sum, plan) => sum + pagesOf(plan), 0) };
}

function pagesOf([outermost]: PlanNode[]): number {
  return (outermost?.['Shared Hit Blocks'] ?? 0) + (outermost?.['Shared Read Blocks'] ?? 0);
}

describe('reads indexes only, and the same number of pages at every number of customers:', () => {
  test.each(VIEWS)('%s', async (name, read) => {
    const { whole, pages } = await plansOf(read);
    expect(whole).toEqual([]);
    expect(pages / (pagesAmongFew.get(name) ?? 0)).toBeLessThanOrEqual(1.5);
  });
});

/** Enough to follow a word, with three pages for each look-up, and to read those whom it finds. */
const PAGES = 2_000 * 3 + 1_500;

describe('reads indexes only, and no more than a bound:', () => {
  test.each([...SEARCHES, ...IN_VAIN])('a search by %s', async (_, typed) => {
    const { whole, pages } = await plansOf(() => findPeople(portal.services, typed));
    expect(whole).toEqual([]);
    expect(pages).toBeLessThanOrEqual(PAGES);
  });

  test.each([
    ['the counts of the queues', () => countQueues(portal.services), 300],
    ['the count of reviews', () => countWaiting(portal.services), 30],
    ['the names of two colleagues', () => namesOf(portal.services, [SOUGHT.id, IN_REVIEW.id]), 20],
    ['the integration page', () => readOverview(portal.services), 10_000],
  ] as const)('%s', async (_, read, bound) => {
    const { whole, pages } = await plansOf(read);
    expect(whole).toEqual([]);
    expect(pages).toBeLessThanOrEqual(bound);
  });
});

test.each(SEARCHES)('finds people by %s among many', async (_, typed) => {
  expect(await findPeople(portal.services, typed)).toMatchObject({ result: 'found' });
});

test.each(QUEUES)('fills two pages of the queue %s', async (queue) => {
  const first = await readQueue(portal.services, queue, null);
  const second = await readQueue(portal.services, queue, first.next);
  expect([first.lines.length, second.lines.length]).toEqual([50, 50]);
  const ids = [...first.lines, ...second.lines].map(({ userId }) => userId);
  expect(new Set(ids).size).toBe(100);
});

test('counts what it seeded, up to a thousand', async () => {
  expect(await countQueues(portal.services)).toEqual({ 'needs-us': 398, waiting: 158, blocked: 300, all: 1_001 });
  expect(await countWaiting(portal.services)).toBe(120);
});
