// Builds and starts the portal of another institution: the same sources with another brand file.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, openSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { copyCheckout } from './checkout-copy';
import { portalEnvironment, SECOND_BRAND } from './stack';

/** The value of every setting during the build. */
export const BUILD_CANARY = 'canary-of-the-build-environment';

const FOLDER = path.resolve('test-results/second-brand');

/** Builds and starts a copy whose `lib/brand/brand.ts` is the second example. @returns a function that stops it. */
export async function startSecondBrand(): Promise<() => void> {
  copyCheckout('second-brand');
  copyFileSync('lib/brand/example-lyra.ts', path.join(FOLDER, 'lib/brand/brand.ts'));
  const next = path.resolve('node_modules/.bin/next');
  // The build must not contain any value of the build machine's environment.
  const env = { ...process.env, ...Object.fromEntries(Object.keys(portalEnvironment('second-brand')).map(canary)) };
  execFileSync(next, ['build'], {
    cwd: FOLDER,
    env,
    stdio: ['ignore', openSync(`${FOLDER}.build.log`, 'w'), 'inherit'],
  });
  const log = openSync(`${FOLDER}.log`, 'w');
  const portal = spawn(next, ['start', '--port', String(SECOND_BRAND.port)], {
    cwd: FOLDER,
    env: { ...process.env, ...portalEnvironment('second-brand'), DATA_DIR: path.join(FOLDER, '.data') },
    stdio: ['ignore', log, log],
  });
  await untilReady(portal);
  return () => portal.kill('SIGTERM');
}

const canary = (name: string) => [name, BUILD_CANARY];

/** Returns the built files that the portal serves or runs. */
export function builtFiles(): string[] {
  const built = path.join(FOLDER, '.next');
  return readdirSync(built, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(built, name))
    .filter((file) => !file.includes('/cache/') && statSync(file).isFile());
}

async function untilReady(portal: ChildProcess): Promise<void> {
  while (portal.exitCode === null) {
    const response = await fetch(`${SECOND_BRAND.origin}/api/health/ready`, {
      signal: AbortSignal.timeout(2_000),
    }).catch(() => null);
    if (response?.ok) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`the second brand did not start: see ${FOLDER}.log`);
}
