// Runs a PgBouncer for tests, in transaction mode, in front of a PostgreSQL server of this machine. Finds or installs it,
// runs it in a temporary folder on a free port, removes it.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isRoot, serviceAccount } from './postgres.mjs';

const PROGRAM = '/usr/sbin/pgbouncer';

export async function startPgBouncer({ port: serverPort, users = { portal: '' }, settings = {} }) {
  if (!existsSync(PROGRAM)) install();
  // PgBouncer refuses to run as root.
  const account = isRoot ? serviceAccount() : {};
  const directory = mkdtempSync(path.join(tmpdir(), 'portal-pgbouncer-'));
  const port = await freePort();
  const file = (name) => path.join(directory, name);
  const entries = Object.entries(users).map(([name, password]) => `"${name}" "${password}"\n`);
  writeFileSync(file('users.txt'), entries.join(''), { mode: 0o600 });
  const options = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    pool_mode: 'transaction',
    auth_type: Object.values(users).some(Boolean) ? 'scram-sha-256' : 'trust',
    auth_file: file('users.txt'),
    logfile: file('pgbouncer.log'),
    // Fewer than the portal opens, so that clients share server connections.
    default_pool_size: 5,
    ...settings,
  };
  const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(
    file('pgbouncer.ini'),
    `[databases]\n* = host=127.0.0.1 port=${serverPort}\n[pgbouncer]\n${lines.join('\n')}\n`,
  );
  if (isRoot) for (const name of ['.', 'users.txt', 'pgbouncer.ini']) chownSync(file(name), account.uid, account.gid);
  const child = spawn(PROGRAM, [file('pgbouncer.ini')], { ...account, cwd: directory, stdio: 'ignore' });
  let stopped = false;
  const stop = () => {
    if (stopped) return;
    stopped = true;
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  process.on('exit', stop);
  await listening(port);
  const urlOf = (name, user = Object.keys(users)[0]) => `postgres://${user}:${users[user]}@127.0.0.1:${port}/${name}`;
  return { port, urlOf, log: file('pgbouncer.log'), stop };
}

function install() {
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    console.error('PgBouncer is not installed. Install it and run this again.');
    process.exit(1);
  }
  console.log('Installing PgBouncer…');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'pgbouncer'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (existsSync(PROGRAM)) return;
  console.error('PgBouncer could not be installed. Install it and run this again.');
  process.exit(1);
}

async function listening(port) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await accepts(port)) return;
    await sleep(50);
  }
  console.error('PgBouncer did not start.');
  process.exit(1);
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
