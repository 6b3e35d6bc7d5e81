import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Client } from 'pg';
import type { Config } from '../../lib/config/config';
import { isPooled, withConnection } from '../../lib/db/connection';
import { MIGRATIONS } from '../../lib/db/migrate';
import { remedyOf } from '../../lib/db/remedy';
import { RIGHTS } from '../../lib/db/rights';
import * as schema from '../../lib/db/schema';
import { countByKey } from '../../lib/maintenance/data-migration';
import { checkClock } from './clock';
import { codeOf, failed, type Line, ok, warning } from './line';
import { checkTls, type Server } from './tls';

const VARIABLE = 'DATABASE_URL';
const DIRECT_VARIABLE = 'DATABASE_DIRECT_URL';
/** What an instance may open: its pool, and connections of its own for whole tables and for wake signals. */
const CONNECTIONS = 14;
const OLDEST = 130_000;

/** Reads the database with the portal's own role. Changes nothing, and does not migrate. */
export async function checkDatabase({ database, piiKeys }: Config): Promise<Line[]> {
  if (database.kind === 'embedded') return [ok('the embedded database in DATA_DIR, for one process on this machine')];
  const { url, directUrl } = database;
  const tls = await Promise.all([...new Set([url, directUrl])].map(checkCertificate));
  const kids = piiKeys.map(({ kid }) => kid);
  const lines = await tryWith(VARIABLE, url, async (client) => [
    ...(await checkServer(client)),
    ...((await isPooled(client)) ? checkPooled(url === directUrl) : []),
    ...(await checkStored(client, kids, database.migrations).catch((error: unknown) => [explain(VARIABLE, error)])),
  ]);
  const direct = url === directUrl ? [] : await tryWith(DIRECT_VARIABLE, directUrl, checkDirect);
  return [...tls.flat(), ...lines, ...direct];
}

async function tryWith(variable: string, url: string, check: (client: Client) => Promise<Line[]>): Promise<Line[]> {
  try {
    return await withConnection(url, check);
  } catch (error) {
    return [explain(variable, error)];
  }
}

function explain(variable: string, error: unknown): Line {
  const remedy = remedyOf(error).replaceAll(VARIABLE, variable);
  return failed(`the database of ${variable} cannot be used (${codeOf(error)})`, `look at ${remedy}`);
}

function checkPooled(withoutDirect: boolean): Line[] {
  if (!withoutDirect) return [ok('a pooler is in between')];
  return [
    warning(
      'a pooler is in between, so that instances cannot wake each other',
      `name the address without it in ${DIRECT_VARIABLE}`,
    ),
  ];
}

async function checkDirect(client: Client): Promise<Line[]> {
  if (!(await isPooled(client))) return [ok(`${DIRECT_VARIABLE} leads to the server itself`)];
  return [failed(`${DIRECT_VARIABLE} leads to a pooler, too`, 'name the address of the server itself')];
}

/** Reads the certificate of the server, where the settings ask for TLS. */
async function checkCertificate(url: string): Promise<Line[]> {
  const server = serverIn(url);
  return server && /[?&]sslmode=(require|verify)/.test(url) ? [await checkTls(server)] : [];
}

/** Returns the server, or null for a socket of this machine. */
function serverIn(address: string): Server | null {
  const { hostname, port, searchParams } = new URL(address);
  const host = searchParams.get('host') || hostname;
  if (!host || /^(\/|%2f)/i.test(host)) return null;
  return { variable: VARIABLE, host, port: Number(port) || 5432, isDirect: true, upgrade: askForTls };
}

/** PostgreSQL's SSLRequest (protocol, "SSL Session Encryption"). @throws when the server declines. */
async function askForTls(socket: NodeJS.ReadWriteStream): Promise<void> {
  socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
  const [answer] = (await new Promise((resolve) => socket.once('data', (data) => resolve([data])))) as [Buffer];
  if (answer.toString() !== 'S') throw Object.assign(new Error(), { code: 'NO_TLS' });
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

async function checkStored(client: Client, kids: string[], mode: 'start' | 'wait'): Promise<Line[]> {
  const all = readMigrationFiles(MIGRATIONS).map(({ folderMillis }) => folderMillis);
  const applied = await lastApplied(client);
  const pending = all.filter((when) => when > applied).length;
  // Tables of another version may differ from this one's.
  if (applied > Math.max(...all))
    return [warning('a later version of the portal has migrated this database', 'start that version, or a newer one')];
  if (pending > 0) return [await checkPending(client, `${pending} of ${all.length} migrations are pending`, mode)];
  return [
    ok(`all ${all.length} migrations are applied`),
    ...(await checkRights(client)),
    ...(await checkKeys(client, kids)),
  ];
}

async function checkPending(client: Client, text: string, mode: 'start' | 'wait'): Promise<Line> {
  if (mode === 'wait')
    return warning(`${text}, and DATABASE_MIGRATIONS is wait: the portal waits for them`, 'run: npm run db:migrate');
  const { rows } = await client.query(`select has_database_privilege(current_database(), 'create')
    and has_schema_privilege('public', 'create') as may`);
  if (rows[0].may) return ok(`${text}, and the role may apply them at the start`);
  return failed(
    `${text}, and the role may not create tables`,
    'run npm run db:migrate with the role that owns the database, and set DATABASE_MIGRATIONS=wait',
  );
}

async function lastApplied(client: Client): Promise<number> {
  const table = await client.query("select to_regclass('drizzle.__drizzle_migrations') is not null as exists");
  if (!table.rows[0].exists) return 0;
  const { rows } = await client.query('select max(created_at)::bigint as last from drizzle.__drizzle_migrations');
  return Number(rows[0].last ?? 0);
}

/** Compares what the role may do with what the portal's code needs (lib/db/rights.ts). */
async function checkRights(client: Client): Promise<Line[]> {
  const needed = Object.entries(RIGHTS).flatMap(([table, rights]) =>
    [...rights.matchAll(/(\w+)( \([^)]*\))?/g)].map(([, right, columns]) => ({
      table,
      right,
      columns: Boolean(columns),
    })),
  );
  const { rows } = await client.query<{ table: string; right: string }>(
    `select "table", "right" from json_to_recordset($1) as need("table" text, "right" text, columns boolean)
      where not case when columns then has_any_column_privilege('public.' || "table", "right")
        else has_table_privilege('public.' || "table", "right") end`,
    [JSON.stringify(needed)],
  );
  const [first] = rows;
  if (!first) return [ok('the role has every right that the portal needs')];
  return [
    failed(
      `the role lacks ${rows.length} rights, such as ${first.right} on ${first.table}`,
      'run npm run db:migrate -- --grant <role> as the owner of the schema',
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
