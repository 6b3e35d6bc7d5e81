import { readFileSync } from 'node:fs';
import path from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Client } from 'pg';
import type { Config } from '../../lib/config/config';
import { newConnection } from '../../lib/db/connection';
import * as schema from '../../lib/db/schema';
import { countByKey } from '../../lib/maintenance/data-migration';
import { checkClock } from './clock';
import { codeOf, failed, type Line, ok, warning } from './line';
import { checkTls, explain, type Server } from './tls';

const VARIABLE = 'DATABASE_URL';
/** What an instance may open: its pool, and connections of its own for whole tables and for wake signals. */
const CONNECTIONS = 14;
const OLDEST = 130_000;

/** Reads the database with the portal's own role. Changes nothing, and does not migrate. */
export async function checkDatabase({ database, piiKeys }: Config): Promise<Line[]> {
  if (database.kind === 'embedded') return [ok('the embedded database in DATA_DIR, for one process on this machine')];
  const server = serverIn(database.url);
  const client = newConnection(database.url);
  try {
    await client.connect();
    const tls = server && /sslmode=(require|verify)/.test(database.url) ? [await checkTls(server)] : [];
    return [
      ...tls,
      ...(await checkServer(client)),
      ...(await checkStored(
        client,
        piiKeys.map(({ kid }) => kid),
      )),
    ];
  } catch (error) {
    return [explainDatabase(error, server)];
  } finally {
    await client.end().catch(() => {});
  }
}

/** Returns the server, or null for a socket of this machine. */
function serverIn(address: string): Server | null {
  const { hostname, port, searchParams } = new URL(address);
  const host = searchParams.get('host') || hostname;
  if (!host || /^(\/|%2f)/i.test(host)) return null;
  return { variable: VARIABLE, host, port: Number(port) || 5432, upgrade: askForTls };
}

/** PostgreSQL's SSLRequest (protocol, "SSL Session Encryption"). @throws when the server declines. */
async function askForTls(socket: NodeJS.ReadWriteStream): Promise<void> {
  socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
  const [answer] = (await new Promise((resolve) => socket.once('data', (data) => resolve([data])))) as [Buffer];
  if (answer.toString() !== 'S') throw Object.assign(new Error(), { code: 'NO_TLS' });
}

const MEANINGS: Record<string, [text: string, remedy: string]> = {
  '28P01': [
    'the server refuses user name or password',
    `compare them in ${VARIABLE}; write @ : / ? # % in it percent-encoded`,
  ],
  '28000': ['the server refuses this user from this machine', 'see pg_hba.conf, or the user list of the pooler'],
  '3D000': ['there is no database of that name', `create it, or compare the name at the end of ${VARIABLE}`],
  '08P01': [
    'a pooler such as PgBouncer refuses how the portal connects',
    `see the pooler's log; name the address without it in DATABASE_DIRECT_URL`,
  ],
  '53300': ['all connections of the server are in use', 'raise max_connections, or put a pooler in between'],
  '57P03': ['the server is starting or stopping', 'try again in a minute'],
  NO_TLS: ['the server speaks no TLS', 'set ssl = on in postgresql.conf'],
};

function explainDatabase(error: unknown, server: Server | null): Line {
  const code = noTls(error) ? 'NO_TLS' : codeOf(error);
  const found = MEANINGS[code];
  if (found) return failed(`${found[0]} (${code})`, found[1]);
  if (/^\w{5}$/.test(code) && /\d/.test(code)) return failed(`the server refuses the portal (${code})`, 'see its log');
  return explain(error, server ?? { variable: VARIABLE, host: 'the database’s socket', port: 0 });
}

/** The driver reports both as plain errors without a code. */
function noTls(error: unknown): boolean {
  return /does not support SSL/.test((error as Error).message);
}

interface Facts {
  version: number;
  encoding: string;
  now: Date;
  superuser: boolean;
  free: number;
  role_limit: number;
}

async function checkServer(client: Client): Promise<Line[]> {
  const { rows } = await client.query<Facts>(`select
    current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
    clock_timestamp() as now,
    (select rolsuper from pg_roles where rolname = current_user) as superuser,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as free,
    (select rolconnlimit from pg_roles where rolname = current_user) as role_limit`);
  const [facts] = rows;
  if (!facts) return [];
  const { version, encoding, superuser, free, role_limit: roleLimit } = facts;
  const release = Math.floor(version / 10_000);
  return [
    version < OLDEST
      ? failed(`PostgreSQL ${release} is too old`, 'upgrade the server to 13 or later')
      : ok(`connected to PostgreSQL ${release}`),
    ...(encoding === 'UTF8'
      ? []
      : [failed(`the database stores text as ${encoding}, so names cannot be kept`, 'create it with ENCODING UTF8')]),
    ...(superuser
      ? [
          warning(
            `the role of ${VARIABLE} is a superuser`,
            'give the portal a role of its own that owns its database alone',
          ),
        ]
      : []),
    ...checkConnections(free, roleLimit),
    ...checkClock('the database', facts.now.getTime()),
  ];
}

function checkConnections(free: number, roleLimit: number): Line[] {
  if (roleLimit >= 0 && roleLimit < CONNECTIONS)
    return [
      failed(
        `the role may open ${roleLimit} connections, and one instance of the portal needs ${CONNECTIONS}`,
        'raise CONNECTION LIMIT of the role',
      ),
    ];
  if (free < CONNECTIONS)
    return [
      warning(
        `the server has ${free} connections left, and one instance of the portal opens up to ${CONNECTIONS}`,
        'raise max_connections, or put a pooler in between',
      ),
    ];
  return [ok(`${free} connections are free; an instance opens up to ${CONNECTIONS}`)];
}

async function checkStored(client: Client, kids: string[]): Promise<Line[]> {
  const migrations = await checkMigrations(client);
  // Older tables cannot be read as this version's.
  if (migrations.pending !== 0) return migrations.lines;
  return [...migrations.lines, ...(await checkRights(client)), ...(await checkKeys(client, kids))];
}

interface Journal {
  entries: { when: number; tag: string }[];
}

async function checkMigrations(client: Client): Promise<{ pending: number; lines: Line[] }> {
  const file = path.join(import.meta.dirname, '../../lib/db/migrations/meta/_journal.json');
  const { entries } = JSON.parse(readFileSync(file, 'utf8')) as Journal;
  const applied = await lastApplied(client);
  const pending = entries.filter(({ when }) => when > applied).length;
  if (applied > (entries.at(-1)?.when ?? 0))
    return {
      pending: -1,
      lines: [
        warning('a later version of the portal has migrated this database', 'start that version, or a newer one'),
      ],
    };
  if (pending === 0) return { pending, lines: [ok(`all ${entries.length} migrations are applied`)] };
  const rights = await client.query(`select has_database_privilege(current_database(), 'create') as database,
    has_schema_privilege('public', 'create') as schema`);
  const { database, schema: inSchema } = rights.rows[0];
  const text = `${pending} of ${entries.length} migrations are pending`;
  if (database && inSchema) return { pending, lines: [ok(`${text}, and the role may apply them at the start`)] };
  return {
    pending,
    lines: [
      failed(
        `${text}, and the role may not create tables`,
        'run the migrations with the role that owns the database: grant create on database and schema public to it',
      ),
    ],
  };
}

async function lastApplied(client: Client): Promise<number> {
  const table = await client.query("select to_regclass('drizzle.__drizzle_migrations') is not null as exists");
  if (!table.rows[0].exists) return 0;
  const { rows } = await client.query('select max(created_at)::bigint as last from drizzle.__drizzle_migrations');
  return Number(rows[0].last ?? 0);
}

async function checkRights(client: Client): Promise<Line[]> {
  const { rows } = await client.query<{ name: string }>(`select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'
      and not (has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert'))
    order by relname`);
  if (rows.length === 0) return [ok('the role may read and write every table')];
  return [
    failed(
      `the role may not read and write ${rows.length} tables, such as ${rows[0]?.name}`,
      'grant select, insert, update, delete on all tables in schema public to the role',
    ),
  ];
}

async function checkKeys(client: Client, kids: string[]): Promise<Line[]> {
  const needed = await countByKey(drizzle(client, { schema }));
  const missing = needed.filter(({ kid }) => !kids.includes(kid));
  if (missing.length === 0) return [ok('PII_KEYS holds every key that stored data needs')];
  return missing.map(({ kid, table, rows }) => {
    const text = `PII_KEYS lacks the key "${kid}", which ${rows} rows of ${table} need`;
    const remedy = 'add it behind the others';
    // The portal starts without these: people sign in again, and npm run audit:verify fails.
    return /^(sessions|audit_events)/.test(table) ? warning(text, remedy) : failed(text, remedy);
  });
}
