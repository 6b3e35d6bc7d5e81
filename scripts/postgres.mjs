// Runs a PostgreSQL server for tests: finds or installs it, runs it in a temporary folder on a free port, removes it.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const isRoot = process.getuid?.() === 0;

export async function startPostgres() {
  const binaries = findBinaries() ?? installBinaries();
  const account = isRoot ? serviceAccount() : {};
  const directory = mkdtempSync(path.join(tmpdir(), 'portal-postgres-'));
  if (isRoot) chownSync(directory, account.uid, account.gid);
  const port = await freePort();
  const data = path.join(directory, 'data');
  const options = { ...account, cwd: directory };
  execFileSync(path.join(binaries, 'initdb'), ['-D', data, '-U', 'portal', '-A', 'trust', '-E', 'UTF8'], {
    ...options,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const settings = [
    'listen_addresses=127.0.0.1',
    'log_min_messages=fatal',
    // Six lanes of portals, each with pools.
    'max_connections=450',
    // Data of tests need not outlive the machine. A killed server loses nothing by it.
    'fsync=off',
    'full_page_writes=off',
  ].flatMap((setting) => ['-c', setting]);
  const args = ['-D', data, '-p', String(port), '-k', directory, ...settings];
  spawn(path.join(binaries, 'postgres'), args, { ...options, stdio: 'ignore' });
  let stopped = false;
  const stop = () => {
    if (stopped) return;
    stopped = true;
    const stopping = ['stop', '-D', data, '-m', 'fast', '-w', '-t', '10'];
    spawnSync(path.join(binaries, 'pg_ctl'), stopping, { ...options, stdio: 'ignore' });
    rmSync(directory, { recursive: true, force: true });
  };
  process.on('exit', stop);
  await answering(binaries, port);
  const urlOf = (name) => `postgres://portal@127.0.0.1:${port}/${name}`;
  const createDatabase = (name) => {
    execFileSync(path.join(binaries, 'createdb'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'portal', name]);
    return urlOf(name);
  };
  return { url: urlOf('postgres'), port, createDatabase, stop };
}

/** Returns the folder of initdb and postgres, or null. Debian keeps them out of the PATH. */
function findBinaries() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const debian = versions.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`);
  const folders = [...debian, ...(process.env.PATH ?? '').split(path.delimiter)];
  return folders.find((folder) => existsSync(path.join(folder, 'initdb')) && existsSync(path.join(folder, 'postgres')));
}

function installBinaries() {
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    console.error('PostgreSQL is not installed. Install its server (initdb, postgres) and run this again.');
    process.exit(1);
  }
  console.log('Installing PostgreSQL…');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  // Installs the server only, without creating or starting the system's cluster.
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql-common'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  spawnSync('sed', [
    '-i',
    's/^#\\?create_main_cluster.*/create_main_cluster = false/',
    '/etc/postgresql-common/createcluster.conf',
  ]);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const found = findBinaries();
  if (found) return found;
  console.error('PostgreSQL could not be installed. Install its server (initdb, postgres) and run this again.');
  process.exit(1);
}

/** PostgreSQL refuses to run as root. */
export function serviceAccount() {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

export function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answering(binaries, port) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { status } = spawnSync(path.join(binaries, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)], {
      stdio: 'ignore',
    });
    if (status === 0) return;
    await sleep(100);
  }
  console.error('PostgreSQL did not start.');
  process.exit(1);
}
