// Runs on PostgreSQL only (npm run test:postgres): what the background work reads at a million customers.
import { beforeAll, expect, test } from 'vitest';
import { recheckSome } from '@/lib/kyc/recheck';
import { Sender } from '@/lib/notifications/outbox';
import { EXPIRED_AT_ONCE } from '@/lib/sessions/end';
import { lookSome } from '@/lib/wallet/watch';
import { explain, onOwnConnection, type Statement, statementsOf } from '@/tests/plans';
import { useLonePortal } from '@/tests/portal';
import { reconcile, retryNow } from './reconciler';
import { sweep } from './sweep';

const portal = useLonePortal();
const CUSTOMERS = 1_000_000;
/** Customers who wait for their next attempt: half of them to be created, half for KunaCore's verification. */
const WAITING = 10_000;

/** Rows as wide as the portal's own. */
const SEED = [
  'set synchronous_commit = off',
  `insert into customers (user_id, external_id, state, customer_id, wallet_id, verification_status, wallet_status,
      details_version, accepted_version, sent_version, mac, next_attempt_at)
    select ${id('n')}, ${id('n')}, case when n <= ${WAITING} / 2 then 'creating' else 'linked' end, ${id('n')}, ${id('n')},
      case when n <= ${WAITING} then 'PENDING' else 'ACCEPTED' end, 'ACTIVE', 1, 1, 1, repeat('m', 64),
      now() + case when n <= ${WAITING} then interval '1 hour' else interval '-1 day' end
    from generate_series(1, ${CUSTOMERS}) n`,
  `insert into authorisations (user_id, epoch, revoked_epoch, next_attempt_at)
    select ${id('n')}, case when n <= ${WAITING} then 4 else 3 end, 3,
      now() + case when n <= ${WAITING} then interval '1 hour' else interval '-1 day' end
    from generate_series(1, ${CUSTOMERS}) n`,
  `insert into sessions (id, token_hash, user_id, expires_at, user_agent, mac)
    select ${id('n')}, ${id('n')}, ${id('n')}, now() + interval '11 hours', repeat('a', 120), repeat('m', 64)
    from generate_series(1, ${CUSTOMERS} / 4) n`,
  `insert into verification_tokens (identifier, token, expires_at)
    select ${id('n')}, ${id('n')}, now() + interval '9 minutes' from generate_series(1, ${CUSTOMERS} / 10) n`,
  `insert into rate_limits (key, used, until)
    select ${id('n')}, 1, now() + interval '1 hour' from generate_series(1, ${CUSTOMERS} / 10) n`,
  `insert into users (id, email, searchable)
    select ${id('n')}, repeat('e', 80), true from generate_series(1, ${CUSTOMERS}) n`,
  `insert into provider_ends (token_hash, subject_index, issued_at)
    select ${id('n')}, repeat('i', 64), now() from generate_series(1, ${CUSTOMERS} / 10) n`,
  `insert into details (user_id, first_name, last_name, phone_number, country, document_number, tax_number,
      residence_address, consent_version, consented_at, version, recheck_at)
    select ${id('n')}, 'f', 'l', 'p', 'c', 'd', 't', repeat('a', 120), 'v', now(), 1,
      case when n <= ${WAITING} then now() + interval '1 hour' end
    from generate_series(1, ${CUSTOMERS} / 10) n`,
  `insert into notifications (user_id, kind, subject, sent_at, next_attempt_at)
    select ${id('n')}, 'ready', 's', now(), case when n <= ${WAITING} then now() + interval '1 hour' end
    from generate_series(1, ${CUSTOMERS} / 10) n`,
  `insert into purchase_watches (user_id, since, next_look_at)
    select ${id('n')}, now(), case when n <= ${WAITING} then now() + interval '1 hour' end
    from generate_series(1, ${CUSTOMERS} / 10) n`,
  `insert into known_devices (user_id, mark_hash)
    select ${id('n')}, 'm' from generate_series(1, ${CUSTOMERS} / 10) n`,
  `insert into ended_relationships (user_id, ended_at)
    select ${id('n')}, now() - interval '1 year' from generate_series(1, ${CUSTOMERS} / 10) n`,
  'vacuum analyze',
];

function id(number: string): string {
  return `lpad(${number}::text, 32, '0')::uuid`;
}

/** The statements of the background work, sent to an empty database. They are the same at every size. */
const statements: Record<string, Statement> = {};

beforeAll(async () => {
  const { services } = portal;
  const names = [
    'expire',
    'revoke',
    'advance',
    'close windows',
    'delete links',
    'forget logouts',
    'forget history',
    'forget calls',
    'forget contract changes',
    'forget messages',
    'forget devices',
    'make findable',
    'retry revocations',
    'retry creations',
  ];
  const sent = await statementsOf(async () => {
    await reconcile(services);
    await sweep(services);
    await retryNow(services);
  });
  expect(sent).toHaveLength(names.length);
  for (const [index, name] of names.entries()) statements[name] = sent[index] as Statement;
  const asked = await statementsOf(() =>
    recheckSome(services, { name: 'none', find: async () => ({ state: 'none' }) }),
  );
  statements['ask the source'] = asked[0] as Statement;
  const mailer = { send: async () => {}, close: () => {} };
  const [send] = await statementsOf(() => new Sender(() => mailer).round(services));
  statements['take a message'] = send as Statement;
  const [look] = await statementsOf(() => lookSome(services));
  statements['look at purchases'] = look as Statement;
  await onOwnConnection(portal, (client) => inOrder(SEED, (statement) => client.query(statement)));
}, 300_000);

async function inOrder<T, R>(list: T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const one of list) results.push(await work(one));
  return results;
}

/** Returns what a statement reads: indexes, whole tables, rows that it looks at in vain, pages; and the rows it changes. */
async function costOf(name: string, change = '') {
  const statement = statements[name];
  if (!statement) throw new Error(`no statement "${name}"`);
  const nodes = await onOwnConnection(portal, (client) => explain(client, statement, change));
  const [outermost] = nodes;
  return {
    indexes: nodes.flatMap((node) => node['Index Name'] ?? []),
    wholeTables: nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
    inVain: nodes.reduce((sum, node) => sum + (node['Rows Removed by Filter'] ?? 0) * node['Actual Loops'], 0),
    changed: outermost?.['Actual Rows'],
    pages: (outermost?.['Shared Hit Blocks'] ?? 0) + (outermost?.['Shared Read Blocks'] ?? 0),
  };
}

const SOME = `(select ${id('n')} from generate_series(1, ${WAITING}) n)`;
const PAST = "'2026-01-01'";

/** Statements, the index that finds their rows, a change that makes 10,000 rows due, and how many of them they take. */
const WORK = [
  ['expire', 'sessions_expiry', `update sessions set expires_at = ${PAST} where id in ${SOME}`, EXPIRED_AT_ONCE],
  ['expire', 'sessions_last_seen', `update sessions set last_seen_at = ${PAST} where id in ${SOME}`, EXPIRED_AT_ONCE],
  ['revoke', 'authorisations_pending', `update authorisations set next_attempt_at = now() where user_id in ${SOME}`, 1],
  ['advance', 'customers_due', `update customers set next_attempt_at = now() where user_id in ${SOME}`, 1],
  ['close windows', 'rate_limits_until', `update rate_limits set until = ${PAST} where key::uuid in ${SOME}`, 5_000],
  [
    'delete links',
    'verification_tokens_expiry',
    `update verification_tokens set expires_at = ${PAST} where token::uuid in ${SOME}`,
    1_000,
  ],
  [
    'forget logouts',
    'provider_ends_created',
    `update provider_ends set created_at = ${PAST} where token_hash::uuid in ${SOME}`,
    1_000,
  ],
  ['ask the source', 'details_recheck', `update details set recheck_at = now() where user_id in ${SOME}`, 1],
  [
    'take a message',
    'notifications_due',
    `update notifications set next_attempt_at = now() where user_id in ${SOME}`,
    1,
  ],
  [
    'look at purchases',
    'purchase_watches_due',
    `update purchase_watches set next_look_at = now() where user_id in ${SOME}`,
    1,
  ],
  [
    'forget messages',
    'notifications_created',
    `update notifications set created_at = '2001-01-01' where user_id in ${SOME}`,
    1_000,
  ],
  [
    'forget devices',
    'known_devices_last_seen',
    `update known_devices set last_seen_at = '2001-01-01' where user_id in ${SOME}`,
    1_000,
  ],
  [
    'forget history',
    'ended_relationships_ended',
    `update ended_relationships set ended_at = '2001-01-01' where user_id in ${SOME}`,
    100,
  ],
  ['make findable', 'users_not_searchable', `update users set searchable = false where id in ${SOME}`, 100],
  ['retry revocations', 'authorisations_pending', '', 1_000],
  ['retry creations', 'customers_due', '', 1_000],
] as const;

const IDLE_PAGES = 10;
/** One row's way down each index of its table, and the row. */
const PAGES_A_ROW = 60;

// Before the others, whose changes leave dead rows behind.
test.each(WORK.slice(0, 12))('%s: reads a few pages of %s while nothing is due', async (name, index) => {
  const cost = await costOf(name);
  expect(cost).toMatchObject({ wholeTables: [], inVain: 0, changed: 0 });
  expect(cost.indexes).toContain(index);
  expect(cost.pages).toBeLessThanOrEqual(IDLE_PAGES);
});

test.each(WORK)('%s: reads no more than its batch by %s while 10,000 rows are due', async (name, index, due, batch) => {
  const cost = await costOf(name, due);
  expect(cost).toMatchObject({ wholeTables: [], inVain: 0, changed: batch });
  expect(cost.indexes).toContain(index);
  expect(cost.pages).toBeLessThanOrEqual(PAGES_A_ROW * batch);
});

test('revoke: passes over customers whose lease is taken, and takes the next one', async () => {
  const cost = await costOf(
    'revoke',
    `update authorisations set next_attempt_at = now() where user_id in ${SOME};
     update authorisations set next_attempt_at = ${PAST} where user_id < ${id('9')};
     update customers set lease_until = now() + interval '15 seconds' where user_id < ${id('9')}`,
  );
  expect(cost).toMatchObject({ wholeTables: [], changed: 1 });
  expect(cost.pages).toBeLessThanOrEqual(9 * PAGES_A_ROW);
});
