// Fills a database with customers of an institution, faster than people can register. Personal data is not sealed: the
// portal never needs to open it in these measurements.
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import type { PortalOptions } from './stack';

/** The value of the session cookie of seeded session `n`. */
export const seededToken = (n: number) => `bench-session-${n}`;

export type Query = (text: string) => Promise<Record<string, unknown>[]>;

/** Runs `work` on a database of the portal. Nothing else may have an embedded one open. */
export async function withDatabase<T>(
  { databaseUrl, dataDirectory }: Pick<PortalOptions, 'databaseUrl' | 'dataDirectory'>,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  if (databaseUrl) {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      return await work(async (text) => (await client.query(text)).rows);
    } finally {
      await client.end();
    }
  }
  const database = await PGlite.create(`${dataDirectory}/database`);
  try {
    return await work(async (text) => (await database.query<Record<string, unknown>>(text)).rows);
  } finally {
    await database.close();
  }
}

const id = "('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";

/** Values of each table by column. Columns that the schema does not have are left out. */
const TABLES: Record<string, Record<string, string>> = {
  users: {
    id,
    email: "'seeded'",
    email_index: "'seeded-' || n",
    email_verified_at: 'now()',
    created_at: "now() - n * interval '1 second'",
  },
  customers: {
    user_id: id,
    state: "'linked'",
    customer_id: "'customer-' || n",
    wallet_id: "'wallet-' || n",
    verification_status: "'ACCEPTED'",
    wallet_status: "'Active'",
    details_version: '1',
    accepted_version: '1',
    sent_version: '1',
    checked_at: 'now()',
    // By a key that the portal knows; it refuses to start without one.
    mac: "'sample.seeded'",
  },
  authorisations: { user_id: id, epoch: '1', revoked_epoch: '1' },
};

const SESSIONS = {
  sessions: {
    token_hash: "encode(sha256(convert_to('bench-session-' || n, 'UTF8')), 'hex')",
    user_id: id,
    provider: "'oidc'",
    expires_at: "now() + interval '12 hours'",
    authorised_epoch: '1',
  },
};

/** Adds the customers from number `first` to number `last`, linked and accepted, with nothing to do for them. */
export async function seedCustomers(query: Query, first: number, last: number): Promise<void> {
  await insert(query, TABLES, first, last);
  await query('analyze');
}

/** Adds a session to each of these customers. */
export async function seedSessions(query: Query, first: number, last: number): Promise<void> {
  await insert(query, SESSIONS, first, last);
}

/** Leaves revocations as an outage does: postponed, to be tried again later. */
export async function seedPendingRevocations(query: Query, count: number): Promise<void> {
  const customers = `select user_id from authorisations order by user_id limit ${count}`;
  await query(
    `update authorisations set epoch = revoked_epoch + 1, next_attempt_at = now() + interval '1 hour'
     where user_id in (${customers})`,
  );
}

async function insert(query: Query, tables: typeof TABLES, first: number, last: number): Promise<void> {
  for (const [table, values] of Object.entries(tables)) {
    const found = await query(`select column_name from information_schema.columns where table_name = '${table}'`);
    const known = new Set(found.map((row) => row.column_name));
    const columns = Object.entries(values).filter(([column]) => known.has(column));
    await query(
      `insert into ${table} (${columns.map(([column]) => column)})
       select ${columns.map(([, value]) => value)} from generate_series(${first}, ${last}) as n`,
    );
  }
}
