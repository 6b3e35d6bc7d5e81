import { setImmediate } from 'node:timers/promises';
import type { Keyring } from '../lib/crypto/keyring';
import * as schema from '../lib/db/schema';
import { termsOf } from '../lib/search/terms';
import { tokensOf } from '../lib/search/tokens';
import { type AuditEnd, auditRows } from './seed-audit';
import { type PersonRows, rowsOf, type SeededEvent } from './seed-rows';
import { dropIndexes, type Execute, insertRows } from './seed-store';

const CHUNK = 1_000;
/** The database gets on with the last chunk after so many people of the next. */
const SLICE = 50;

const TABLES = {
  users: schema.users,
  accounts: schema.accounts,
  sessions: schema.sessions,
  details: schema.details,
  detailsHistory: schema.detailsHistory,
  customers: schema.customers,
  authorisations: schema.authorisations,
  caseNotes: schema.caseNotes,
  approvals: schema.approvals,
} satisfies Record<keyof PersonRows, unknown>;

interface Chunk {
  rows: Record<keyof PersonRows, object[]>;
  events: SeededEvent[];
  tokens: (readonly [token: bigint, userId: string])[];
}

/**
 * Adds the people from number `first` to number `last`, as if each had signed in and confirmed their details, some of
 * them waiting for Kuna or for support. One transaction: all or nobody. Nothing is due for the reconciler. No portal may
 * use the database meanwhile, and the portal must have prepared it (lib/maintenance/data-migration.ts).
 * @param report is called with the number of people that are stored so far.
 */
export async function seedPeople(
  execute: Execute,
  keyring: Keyring,
  first: number,
  last: number,
  report: (stored: number) => void = () => {},
): Promise<void> {
  await execute('begin');
  for (const setting of SETTINGS) await execute(setting);
  const create = await dropIndexes(execute, [...Object.values(TABLES), schema.searchTokens, schema.auditEvents]);
  const { now, end } = await readState(execute);
  const tokens = cachedTokens(keyring);
  let stored = Promise.resolve();
  // The oldest first, as the audit log has it.
  for (let to = last; to >= first; to -= CHUNK) {
    const chunk = await makeChunk(keyring, tokens, now, Math.max(first, to - CHUNK + 1), to);
    await stored;
    stored = storeChunk(execute, chunk, auditRows(keyring, end, chunk.events)).then(() =>
      report(last - to + chunk.rows.users.length),
    );
    // The code that awaits it gets the error.
    stored.catch(() => {});
  }
  await stored;
  await execute(`select setval('audit_event_ids', ${end.id})`);
  for (const statement of [...create, ...OF_THE_INTEGRATION]) await execute(statement);
  await execute('commit');
  await execute('vacuum analyze');
}

const SETTINGS = [`set local maintenance_work_mem = '512MB'`, `set local work_mem = '128MB'`];

/** Calls of the last hour and a year of incidents, for the integration page. */
const OF_THE_INTEGRATION = [
  `insert into kunacore_calls (minute, endpoint, failed, within_ms, calls)
   select date_trunc('minute', now()) - minutes * interval '1 minute', endpoint, within_ms = 60000, within_ms, 60000 / within_ms
   from generate_series(0, 59) as minutes, unnest(array['/v2/balance', '/v2/customer/find', '/v2/customer/update',
     '/v2/operation', '/v2/ramp/authorize', '/v2/ramp/invalidate']) as endpoint, unnest(array[25, 50, 100, 800, 60000]) as within_ms
   on conflict do nothing`,
  `insert into incidents (started_at, ended_at, people_affected, revocations_delayed)
   select now() - days * interval '7 days', now() - days * interval '7 days' + interval '20 minutes', 40 * days, 10 * days
   from generate_series(1, 52) as days where not exists (select from incidents)`,
];

async function readState(execute: Execute): Promise<{ now: number; end: AuditEnd }> {
  const { rows } = await execute(
    `select (extract(epoch from now()) * 1000)::bigint as now, nextval('audit_event_ids') as id, seq, hash
     from (select 1) as one left join lateral (
       select seq, hash from audit_events where seq is not null order by seq desc limit 1) as head on true`,
  );
  const [row] = rows;
  const end = { id: Number(row?.id), seq: Number(row?.seq ?? 0), hash: String(row?.hash ?? '') };
  return { now: Number(row?.now), end };
}

type Tokens = (terms: Set<string>) => bigint[];

async function makeChunk(keyring: Keyring, tokens: Tokens, now: number, from: number, to: number): Promise<Chunk> {
  const people: ReturnType<typeof rowsOf>[] = [];
  for (let n = to; n >= from; n -= 1) {
    people.push(rowsOf(keyring, now, n));
    if (n % SLICE === 0) await setImmediate();
  }
  const tables = Object.keys(TABLES) as (keyof PersonRows)[];
  return {
    rows: Object.fromEntries(
      tables.map((table) => [table, people.flatMap<object>(({ rows }) => rows[table])]),
    ) as Chunk['rows'],
    events: people.flatMap(({ events }) => events),
    tokens: people.flatMap(({ person: { id, email, details }, isKnown }) =>
      tokens(termsOf({ email, ...(isKnown ? details : {}) })).map((token) => [token, id] as const),
    ),
  };
}

async function storeChunk(execute: Execute, { rows, tokens }: Chunk, events: object[]): Promise<void> {
  for (const [name, table] of Object.entries(TABLES)) await insertRows(execute, table, rows[name as keyof PersonRows]);
  await insertRows(execute, schema.auditEvents, events);
  const column = (index: 0 | 1) => `{${tokens.map((pair) => pair[index]).join(',')}}`;
  await execute('insert into search_tokens (token, user_id) select * from unnest($1::bigint[], $2::uuid[])', [
    column(0),
    column(1),
  ]);
}

/** Names are shared by many: their tokens are computed once. */
function cachedTokens(keyring: Keyring): Tokens {
  const known = new Map<string, bigint>();
  return (terms) =>
    Array.from(terms, (term) => {
      const token = known.get(term) ?? tokensOf(keyring, [term])[0] ?? 0n;
      if (!/\d/.test(term)) known.set(term, token);
      return token;
    });
}
