// npm run --prefix verification doctor: plants faults of real PostgreSQL, PgBouncer and Postfix, and runs the command.
// Needs root and Debian's postfix; PostgreSQL and PgBouncer are installed where there are none.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Client } from 'pg';
import { parseConfig } from '../../lib/config/config';
import { setNetwork } from '../../lib/network/network';
import { checkDatabase } from '../../scripts/doctor/database';
import type { Line } from '../../scripts/doctor/line';
import { checkMail } from '../../scripts/doctor/mail';
import { startPgBouncer } from '../../scripts/pgbouncer.mjs';
import { startPostgres } from '../../scripts/postgres.mjs';
import { freePorts } from '../../tests/program';
import { MAILBOX, REFUSED_SENDER, SENDER, startPostfix } from './postfix';

const SAMPLE = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;

let planted = 0;
let missed = 0;

/** Expects one line that names the fault, or none that is not ok. */
function expectLines(name: string, lines: Line[], fault?: { kind: Line['kind']; names: RegExp; remedy: RegExp }): void {
  const wrong = lines.filter(({ kind }) => kind !== 'ok');
  const isRight = fault
    ? wrong.some(
        ({ kind, text, remedy = '' }) => kind === fault.kind && fault.names.test(text) && fault.remedy.test(remedy),
      )
    : wrong.length === 0;
  if (fault) planted += 1;
  if (!isRight) missed += 1;
  console.log(`${isRight ? 'found ' : 'MISSED'}  ${name}`);
  if (!isRight)
    console.log(lines.map(({ kind, text, remedy }) => `        ${kind} ${text} → ${remedy ?? ''}`).join('\n'));
}

await tryDatabases();
await tryMail();
tryCommand();
console.log(`${planted} faults planted, ${missed} expectations missed`);
process.exit(missed === 0 ? 0 : 1);

async function tryDatabases(): Promise<void> {
  const server = await startPostgres();
  const run = async (url: string, ...statements: string[]) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  const check = async (settings: Record<string, string>) => checkDatabase(parseConfig({ ...SAMPLE, ...settings }));
  const as = (url: string, role: string) => url.replace('portal@', `${role}@`);
  const url = server.createDatabase('kuna');
  await run(url, 'create role owner login', 'create role app login', 'create role reader login connection limit 3');
  await run(url, 'alter database kuna owner to owner', 'grant create on schema public to owner');
  const fresh = await check({ DATABASE_URL: as(url, 'owner') });
  expectLines('a fresh database is healthy', fresh);
  expectLines('a role that may not migrate', await check({ DATABASE_URL: as(url, 'app') }), {
    kind: 'failed',
    names: /migrations are pending, and the role may not create tables/,
    remedy: /db:migrate/,
  });
  expectLines(
    'migrations that nobody ran',
    await check({ DATABASE_URL: as(url, 'owner'), DATABASE_MIGRATIONS: 'wait' }),
    {
      kind: 'warning',
      names: /DATABASE_MIGRATIONS is wait/,
      remedy: /db:migrate/,
    },
  );
  const migrate = ['run', '-s', 'db:migrate', '--', '--grant', 'app'];
  execFileSync('npm', migrate, { env: { ...process.env, ...SAMPLE, DATABASE_URL: as(url, 'owner') }, stdio: 'ignore' });
  expectLines('the owner of a migrated database is healthy', await check({ DATABASE_URL: as(url, 'owner') }));
  expectLines('the weaker role is healthy', await check({ DATABASE_URL: as(url, 'app') }));
  await run(url, 'revoke insert on sessions from app');
  expectLines('a right that is missing', await check({ DATABASE_URL: as(url, 'app') }), {
    kind: 'failed',
    names: /lacks 1 rights, such as insert on sessions/,
    remedy: /--grant/,
  });
  expectLines('a superuser', await check({ DATABASE_URL: url }), {
    kind: 'warning',
    names: /superuser/,
    remedy: /role of its own/,
  });
  expectLines('a role with few connections', await check({ DATABASE_URL: as(url, 'reader') }), {
    kind: 'failed',
    names: /may open 3 connections/,
    remedy: /CONNECTION LIMIT/,
  });
  await run(url, "insert into users (email) values ('v1.gone.iv.text.tag')");
  expectLines('a key that stored data needs', await check({ DATABASE_URL: as(url, 'owner') }), {
    kind: 'failed',
    names: /PII_KEYS lacks the key "gone", which 1 rows of users/,
    remedy: /behind the others/,
  });
  await run(url, 'insert into drizzle.__drizzle_migrations (hash, created_at) values (1, 9999999999999)');
  expectLines('a later version', await check({ DATABASE_URL: as(url, 'owner') }), {
    kind: 'warning',
    names: /later version/,
    remedy: /start that version/,
  });
  await run(url, "create database latin encoding LATIN1 lc_collate 'C' lc_ctype 'C' template template0");
  expectLines('another encoding', await check({ DATABASE_URL: url.replace('/kuna', '/latin') }), {
    kind: 'failed',
    names: /LATIN1/,
    remedy: /ENCODING UTF8/,
  });
  expectLines('no such database', await check({ DATABASE_URL: `${url}-2` }), {
    kind: 'failed',
    names: /DATABASE_URL cannot be used \(3D000\)/,
    remedy: /name of the database/,
  });
  expectLines('nobody listens', await check({ DATABASE_URL: 'postgres://portal@127.0.0.1:2/kuna' }), {
    kind: 'failed',
    names: /ECONNREFUSED/,
    remedy: /host and port in DATABASE_URL/,
  });
  expectLines('a server without TLS', await check({ DATABASE_URL: `${url}?sslmode=verify-full` }), {
    kind: 'failed',
    names: /does not speak TLS/,
    remedy: /DATABASE_URL/,
  });
  const pooler = await startPgBouncer({ port: server.port, users: { app: 'right' } });
  const pooled = (password: string) => `postgres://app:${password}@127.0.0.1:${pooler.port}/kuna`;
  expectLines('a wrong password', await check({ DATABASE_URL: pooled('wrong') }), {
    kind: 'failed',
    names: /28P01|08P01/,
    remedy: /password in DATABASE_URL|pooler/,
  });
  expectLines('a pooler alone', await check({ DATABASE_URL: pooled('right') }), {
    kind: 'warning',
    names: /a pooler is in between/,
    remedy: /DATABASE_DIRECT_URL/,
  });
  const twice = { DATABASE_URL: pooled('right'), DATABASE_DIRECT_URL: `${pooled('right')}?application_name=direct` };
  expectLines('a direct address that leads to a pooler', await check(twice), {
    kind: 'failed',
    names: /DATABASE_DIRECT_URL leads to a pooler/,
    remedy: /server itself/,
  });
  pooler.stop();
  server.stop();
}

async function tryMail(): Promise<void> {
  const [port = 0] = await freePorts(1);
  const postfix = await startPostfix(port);
  const check = (server: string, from = SENDER, authorities = 'tests/certificates/authority.pem', to?: string) => {
    const settings = { ...SAMPLE, EMAIL_SERVER: server, EMAIL_FROM: from, EXTRA_CA_CERTS: authorities };
    const { email, network } = parseConfig(settings);
    setNetwork(network);
    return checkMail(email, to);
  };
  const at = `localhost:${port}?requireTLS=true`;
  try {
    expectLines('Postfix is healthy', await check(`smtp://${at}`));
    expectLines('a message to Postfix', await check(`smtp://${at}`, SENDER, undefined, MAILBOX));
    const sent = readFileSync(postfix.log, 'utf8').match(/queued as|from=<no-reply@bank\.test>, size/g)?.length ?? 0;
    expectLines(`Postfix took one message (${sent})`, sent === 1 ? [] : [{ kind: 'failed', text: `${sent} messages` }]);
    expectLines('a login that Postfix cannot check', await check(`smtp://portal:secret-of-it@${at}`), {
      kind: 'failed',
      names: /cannot check a login now \(454\)/,
      remedy: /operators/,
    });
    expectLines('a sender that Postfix refuses at RCPT', await check(`smtp://${at}`, REFUSED_SENDER), {
      kind: 'failed',
      names: /refuses messages from no-reply@other\.test \(554/,
      remedy: /EMAIL_FROM/,
    });
    expectLines('an authority that is not named', await check(`smtp://${at}`, SENDER, ''), {
      kind: 'failed',
      names: /authority of the certificate is unknown/,
      remedy: /EXTRA_CA_CERTS/,
    });
    expectLines('smtps on the port of STARTTLS', await check(`smtps://localhost:${port}`), {
      kind: 'failed',
      names: /does not speak TLS/,
      remedy: /port in EMAIL_SERVER/,
    });
  } finally {
    await postfix.stop();
  }
}

/** The command's exit codes and its output for machines, without any setting. */
function tryCommand(): void {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' as const };
  const { status, stdout } = spawnSync('npm', ['run', '-s', 'doctor', '--', '--json'], { env });
  const { ok, groups } = JSON.parse(stdout.toString());
  const isRight = status === 1 && ok === false && groups.length > 3;
  expectLines('no settings at all: exit code 1', isRight ? [] : [{ kind: 'failed', text: `exit code ${status}` }]);
  const machine = spawnSync('npm', ['run', '-s', 'doctor', '--', '--only', 'this machine'], { env });
  const text = `exit code ${machine.status}`;
  expectLines('this machine alone: exit code 0', machine.status === 0 ? [] : [{ kind: 'failed', text }]);
}
