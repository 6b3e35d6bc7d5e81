// npm run test:postgres: the unit and end-to-end tests once more, on PostgreSQL.
// Finds or installs a server, runs a cluster of its own in a temporary folder on a free port, and removes it.
// With arguments only those end-to-end tests run: npm run test:postgres -- e2e/story.spec.ts
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const isRoot = process.getuid?.() === 0;
const binaries = findBinaries() ?? installBinaries();
const account = isRoot ? serviceAccount() : {};
const directory = mkdtempSync(path.join(tmpdir(), 'portal-postgres-'));
if (isRoot) chownSync(directory, account.uid, account.gid);
const port = await freePort();

execFileSync(
  path.join(binaries, 'initdb'),
  ['-D', path.join(directory, 'data'), '-U', 'portal', '-A', 'trust', '-E', 'UTF8'],
  {
    ...account,
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
const server = spawn(
  path.join(binaries, 'postgres'),
  [
    '-D',
    path.join(directory, 'data'),
    '-p',
    String(port),
    '-k',
    directory,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'log_min_messages=fatal',
  ],
  { ...account, cwd: directory, stdio: ['ignore', 'ignore', 'ignore'] },
);
process.on('exit', clean);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

await answering();
// One database per portal of the end-to-end tests (e2e/stack.ts); the unit tests make their own.
for (const name of ['portal_e2e', 'portal_second', 'portal_spare']) {
  execFileSync(path.join(binaries, 'createdb'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'portal', name]);
}
const url = `postgres://portal@127.0.0.1:${port}/postgres`;
const env = { ...process.env, TEST_DATABASE_URL: url };
const chosen = process.argv.slice(2);
if (chosen.length === 0) run('npx', ['vitest', 'run', 'lib']);
if (!existsSync('.next/BUILD_ID')) run('npm', ['run', 'build']);
run('npx', ['playwright', 'test', ...chosen]);
console.log('PostgreSQL: all tests passed');
process.exit(0);

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

/** Folder of initdb and postgres, or null. Debian keeps them out of the PATH. */
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
  // The server alone: no cluster of the system's is made or started.
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
function serviceAccount() {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answering() {
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

function clean() {
  server.kill('SIGINT'); // "fast" shutdown
  spawnSync('tail', [`--pid=${server.pid}`, '-f', '/dev/null'], { timeout: 10_000 });
  rmSync(directory, { recursive: true, force: true });
}
