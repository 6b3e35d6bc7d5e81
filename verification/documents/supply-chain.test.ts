// What comes into the house with `npm ci`: pinned, whole, licensed, without scripts, above the known holes. Each check
// is shown to fail on a planted attack.
// ASVS 5.0: 1.5.2 13.3.1 15.1.2 15.2.1
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

interface Locked {
  version: string;
  license?: string;
  integrity?: string;
  resolved?: string;
  hasInstallScript?: boolean;
  optional?: boolean;
  dev?: boolean;
  peer?: boolean;
  inBundle?: boolean;
  bundleDependencies?: string[];
}
interface Lockfile {
  packages: Record<string, Locked>;
}
interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}

const read = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T;
const lockfile = read<Lockfile>('package-lock.json');
const manifest = read<Manifest>('package.json');
const scratch = mkdtempSync(path.join(tmpdir(), 'supply-chain-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
const packagesOf = ({ packages }: Lockfile) =>
  Object.entries(packages)
    .filter(([place]) => place)
    .map(([place, locked]) => ({ name: nameOf(place), ...locked }));

function unpinned({ dependencies, devDependencies }: Pick<Manifest, 'dependencies' | 'devDependencies'>): string[] {
  const requested = Object.entries({ ...dependencies, ...devDependencies });
  return requested.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)).map(([name]) => name);
}

/** Comes in the archive of the package around it, is named there, and is covered by that one's hash. */
function isBundled({ packages }: Lockfile, place: string, { inBundle, resolved }: Locked): boolean {
  const around = packages[place.slice(0, place.lastIndexOf('/node_modules/'))];
  const named = around?.bundleDependencies?.includes(nameOf(place)) ?? false;
  return Boolean(inBundle) && resolved === undefined && named && hasHash(around);
}

const hasHash = (locked: Locked | undefined) => /^sha512-/.test(locked?.integrity ?? '');

/** No package is let off: not an optional one, not one for another platform, not a peer. */
function withoutIntegrity(lock: Lockfile): string[] {
  return Object.entries(lock.packages)
    .filter(([place, locked]) => place && !hasHash(locked) && !isBundled(lock, place, locked))
    .map(([place]) => nameOf(place));
}

function scriptsNobodyLookedAt(lock: Lockfile): string[] {
  const running = packagesOf(lock).filter(({ hasInstallScript }) => hasInstallScript);
  return running.map(({ name }) => name).filter((name) => !(name in manifest.allowScripts));
}

/** Says so in its LICENSE file alone. */
const READ_BY_US: Record<string, string> = { 'parse-cache-control': 'BSD-3-Clause', 'png-js': 'MIT' };

/** Licences that a commercial product may use; OFL is that of fonts. Tools that are never shipped may be copyleft. */
const SHIPPED =
  /^(MIT|MIT-0|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|OFL-1\.1|Python-2\.0|CC-BY-4\.0)$/;
const TOOLS = /^(MPL-2\.0|LGPL-3\.0-or-later|Artistic-2\.0|WTFPL|CC-BY-3\.0|EUPL-1\.1\+)$/;

function refusedLicences(lock: Lockfile): string[] {
  return packagesOf(lock)
    .filter(({ name, license, dev, optional }) => {
      const alternatives = (license ?? READ_BY_US[name] ?? 'none').replace(/[()]/g, '').split(' OR ');
      const fine = (one: string) => SHIPPED.test(one) || (Boolean(dev || optional) && TOOLS.test(one));
      return !alternatives.some((all) => all.split(' AND ').every(fine));
    })
    .map(({ name, license }) => `${name}: ${license}`);
}

function belowFloor(lock: Lockfile): string[] {
  const floors = read<{ package: string; floor: string }[]>('advisories.json');
  return floors.flatMap(({ package: name, floor }) => {
    const versions = packagesOf(lock).filter((one) => one.name === name && !one.dev);
    if (versions.length === 0) return [`${name} is not in the lockfile`];
    return versions
      .filter(({ version }) => isBelow(version, floor))
      .map(({ version }) => `${name} ${version} < ${floor}`);
  });
}

function isBelow(version: string, floor: string): boolean {
  const [a, b] = [version, floor].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (const part of [0, 1, 2]) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function lintLockfile(file: string): number | null {
  const rules = ['--type', 'npm', '--allowed-hosts', 'npm', '--validate-https', '--validate-integrity'];
  return spawnSync('node_modules/.bin/lockfile-lint', ['--path', file, ...rules]).status;
}

function findSecrets(directory: string, pattern = '**/*'): { status: number | null; said: string } {
  const rules = [
    '--secretlintrc',
    path.resolve('.secretlintrc.json'),
    '--secretlintignore',
    path.resolve('.secretlintignore'),
  ];
  const command = path.resolve('node_modules/.bin/secretlint');
  const { status, stdout, stderr } = spawnSync(command, [...rules, pattern], { cwd: directory, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

describe('as it is [T38]', () => {
  test('every direct dependency is pinned to one version', () => expect(unpinned(manifest)).toEqual([]));
  test('every package has a hash', () => expect(withoutIntegrity(lockfile)).toEqual([]));
  test('lockfile-lint finds nothing', () => expect(lintLockfile('package-lock.json')).toBe(0));
  test('every install script has been looked at, and none runs', () => {
    expect(scriptsNobodyLookedAt(lockfile)).toEqual([]);
    expect(Object.values(manifest.allowScripts)).not.toContain(true);
    // `allowScripts` is npm 11's; this one every npm obeys.
    expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });
  test('every licence allows what a partner does with the portal', () => expect(refusedLicences(lockfile)).toEqual([]));
  test('nothing is below the floor of the known advisories [T32]', () => expect(belowFloor(lockfile)).toEqual([]));
  test(
    'no file of the repository holds a secret',
    () => expect(findSecrets('.')).toMatchObject({ status: 0 }),
    180_000,
  );
  test('the bill of materials names everything that is shipped, with its hash', () => {
    const bill = execFileSync(process.execPath, ['verification/sbom.mjs'], { encoding: 'utf8', maxBuffer: 1e8 });
    const { components } = JSON.parse(bill) as { components: { name: string; scope: string; hashes?: object[] }[] };
    for (const name of Object.keys(manifest.dependencies)) {
      const found = components.find((one) => one.name === name && one.scope === 'required');
      expect(found, name).toMatchObject({ hashes: [{ alg: 'SHA-512' }] });
    }
  });
});

describe('with an attack planted, each of them is red [T38]', () => {
  const planted = (name: string, change: Partial<Locked>): Lockfile => ({
    packages: {
      ...lockfile.packages,
      [`node_modules/${name}`]: { version: '1.0.0', license: 'MIT', integrity: 'sha512-x', ...change },
    },
  });

  test('a loose version', () =>
    expect(unpinned({ dependencies: { evil: '^1.0.0' }, devDependencies: {} })).toEqual(['evil']));
  test('a package without hash', () => {
    expect(withoutIntegrity(planted('evil', { integrity: undefined }))).toEqual(['evil']);
    expect(withoutIntegrity(planted('evil', { integrity: 'sha1-x' }))).toEqual(['evil']);
  });
  test.each<[string, Partial<Locked>]>([
    ['optional', { optional: true }],
    ['a peer', { peer: true }],
    ['for another platform', { optional: true, os: ['win32'], cpu: ['arm64'] } as Partial<Locked>],
    ['bundled in nothing', { inBundle: true }],
  ])('a package without hash that says it is %s', (_what, said) => {
    for (const name of ['evil', '@img/sharp-linux-x64', '@next/swc-win32-x64-msvc', 'next/node_modules/evil'])
      expect(withoutIntegrity(planted(name, { ...said, integrity: undefined })), name).toEqual([
        nameOf(`node_modules/${name}`),
      ]);
  });
  test('a bundled package that is to be fetched from elsewhere', () => {
    const folder = '@tailwindcss/oxide-wasm32-wasi/node_modules/tslib';
    const bundled = { inBundle: true, optional: true, integrity: undefined };
    expect(withoutIntegrity(planted(folder, bundled))).toEqual([]);
    expect(withoutIntegrity(planted(folder, { ...bundled, resolved: 'https://evil.example/x.tgz' }))).toEqual([
      'tslib',
    ]);
  });
  test('the hash taken from any package [T38]', () => {
    const folders = Object.keys(lockfile.packages).filter((folder) => hasHash(lockfile.packages[folder]));
    for (const folder of folders) {
      const { integrity: _taken, ...rest } = lockfile.packages[folder] as Locked;
      const found = withoutIntegrity({ packages: { ...lockfile.packages, [folder]: rest } });
      expect(found, folder).toContain(nameOf(folder));
    }
  });
  test('a package from elsewhere, or in the clear', () => {
    const file = path.join(scratch, 'package-lock.json');
    for (const resolved of ['https://evil.example/x.tgz', 'http://registry.npmjs.org/x/-/x-1.0.0.tgz']) {
      const attacked = { ...lockfile, name: 'x', lockfileVersion: 3, ...planted('evil', { resolved }) };
      writeFileSync(file, JSON.stringify(attacked));
      expect(lintLockfile(file), resolved).not.toBe(0);
    }
  });
  test('a new install script', () =>
    expect(scriptsNobodyLookedAt(planted('evil', { hasInstallScript: true }))).toEqual(['evil']));
  test('a licence that asks for more', () => {
    expect(refusedLicences(planted('evil', { license: 'AGPL-3.0-only' }))).toEqual(['evil: AGPL-3.0-only']);
    expect(refusedLicences(planted('evil', { license: undefined }))).toEqual(['evil: undefined']);
  });
  test.each(read<{ package: string; floor: string }[]>('advisories.json'))(
    'a version of $package below its floor',
    ({ package: name, floor }) => {
      expect(belowFloor(planted(name, { version: '0.0.1' }))).toEqual([`${name} 0.0.1 < ${floor}`]);
      expect(belowFloor({ packages: {} })).toContain(`${name} is not in the lockfile`);
    },
  );
  test('every package that signs people in, or reads and writes the database, has a floor', () => {
    const floors = read<{ package: string }[]>('advisories.json').map((one) => one.package);
    for (const name of [
      'next-auth',
      'openid-client',
      'jose',
      'nodemailer',
      'pg',
      'drizzle-orm',
      '@electric-sql/pglite',
    ])
      expect(floors).toContain(name);
  });
  test('a secret in a file', () => {
    // In two pieces, so that this file holds none.
    writeFileSync(path.join(scratch, 'leak.txt'), `token = ${'ghp_'}${'abcdefghijklmnopqrstuvwxyz0123456789'}\n`);
    expect(readdirSync(scratch)).toContain('leak.txt');
    expect(findSecrets(scratch).said).toContain('leak.txt');
  });
});
