// Runs on PostgreSQL only (npm run test:postgres): what the support console reads when there are many customers.
import { beforeAll, describe, expect, test } from 'vitest';
import { seedPeople } from '@/scripts/seed-people';
import { seededPerson } from '@/scripts/seeded-people';
import { explain, onOwnConnection, type PlanNode, statementsOf } from '@/tests/plans';
import { useLonePortal } from '@/tests/portal';
import { readCustomerFile } from './customers';
import { QUEUES } from './queue-names';
import { countQueues, readQueue } from './queues';
import { findPeople } from './search/find';

const portal = useLonePortal();
const CUSTOMERS = 100_000;
/** Person number 15 is ready to buy; so is number 20, whose name is common. */
const SOUGHT = seededPerson(15);
const { firstName, lastName, phoneNumber } = SOUGHT.details;
const COMMON = { firstName: 'Oleksandr', lastName: 'Kovalenko' };

beforeAll(async () => {
  const { keyring } = portal.services;
  await onOwnConnection(portal, (client) => seedPeople((...query) => client.query(...query), keyring, 1, CUSTOMERS));
}, 600_000);

const SEARCHES: [string, string][] = [
  ['a whole name', `${firstName} ${lastName}`],
  ['a common name', `${COMMON.lastName} ${COMMON.firstName}`],
  ['the beginning of a common name', COMMON.firstName.slice(0, 3)],
  ['the beginnings of two common names', 'ole kov'],
  ['a whole address', SOUGHT.email],
  ['a part of an address', SOUGHT.email.slice(0, SOUGHT.email.indexOf('@') + 3)],
  ['a phone number', phoneNumber],
  ['four digits', phoneNumber.slice(-4)],
  ['our id', SOUGHT.id],
  ['an external id', SOUGHT.externalId],
  ['a customer id', SOUGHT.customerId],
  ['a wallet id', SOUGHT.walletId],
  ['an unknown id', '00000000-0000-4000-8000-000000000000'],
];

const GROWING = ['users', 'customers', 'authorisations', 'details', 'search_tokens'];
/** Enough for the lists, whose rows of four tables lie apart: 50 times a way down an index and a row. */
const PAGES = 1_500;

async function expectIndexes(work: () => Promise<unknown>): Promise<void> {
  const statements = await statementsOf(work);
  expect(statements.length).toBeGreaterThan(0);
  for (const statement of statements) {
    const nodes = await onOwnConnection(portal, (client) => explain(client, statement));
    const whole = nodes.filter(
      (node) => node['Node Type'] === 'Seq Scan' && GROWING.includes(node['Relation Name'] ?? ''),
    );
    expect(
      whole.map((node) => node['Relation Name']),
      statement.text,
    ).toEqual([]);
    expect(pagesOf(nodes), statement.text).toBeLessThanOrEqual(PAGES);
  }
}

function pagesOf([outermost]: PlanNode[]): number {
  return (outermost?.['Shared Hit Blocks'] ?? 0) + (outermost?.['Shared Read Blocks'] ?? 0);
}

describe('a search reads indexes only:', () => {
  test.each(SEARCHES)('%s', async (_, typed) => {
    await expectIndexes(() => findPeople(portal.services, typed));
  });
});

test.each(SEARCHES.slice(0, -1))('finds people by %s among many', async (_, typed) => {
  const found = await findPeople(portal.services, typed);
  expect(found).toMatchObject({ result: 'found' });
});

test.each(QUEUES)('the queue %s reads indexes only, on its first page and on later ones', async (queue) => {
  const { lines, next } = await readQueue(portal.services, queue, null);
  expect(lines).toHaveLength(50);
  expect(next).not.toBeNull();
  await expectIndexes(() => readQueue(portal.services, queue, null));
  await expectIndexes(() => readQueue(portal.services, queue, next));
});

test('the counts read indexes only', async () => {
  await expectIndexes(() => countQueues(portal.services));
});

test('a customer’s page reads indexes only', async () => {
  await expectIndexes(() => readCustomerFile(portal.services, SOUGHT.id));
});
