// Finds a browser for the tests, in this order: Playwright's, the system's, Debian's package, an npm package.
import { execFileSync, type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const SYSTEM = [
  // Half again as fast as the whole browser in these tests.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
];

/** Returns the path of a Chromium, and installs one if possible. @throws Error when there is none. */
export function browserPath(): string {
  const found = installed();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) installFromDebian();
  return installed() ?? fromNpm();
}

function installed(): string | undefined {
  return [chromium.executablePath(), ...SYSTEM].find((path) => existsSync(path));
}

function installFromDebian(): void {
  console.log('Installing Chromium for the tests…');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options: SpawnSyncOptions = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  spawnSync('apt-get', ['update', '-qq'], options);
  const install = (name: string) =>
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name, 'fonts-dejavu-core'], options);
  // Older releases of Debian have the whole browser alone.
  if (install('chromium-headless-shell').status !== 0) install('chromium');
}

/** Unpacks the npm package's browser. The variable makes the package add its own libraries. */
function fromNpm(): string {
  const script = "import('@sparticuz/chromium').then(async ({ default: c }) => console.log(await c.executablePath()))";
  const env = { ...process.env, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };
  return execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }).trim();
}
