// Runs the production build and the sandbox while something is measured.
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataDirectory, PORTAL, portalEnvironment, SANDBOX, sandboxEnvironment } from '../e2e/stack';

/** Starts both with empty data, measures, and ends them. @param settings beside those of the tests. */
export async function withPortal<T>(measure: () => Promise<T>, settings: Record<string, string> = {}): Promise<T> {
  rmSync(dataDirectory('portal'), { recursive: true, force: true });
  return withSandbox(async () => {
    const portal = start(['node_modules/.bin/next', 'start', '--port', String(PORTAL.port)], {
      ...portalEnvironment('portal'),
      ...settings,
    });
    try {
      await until(`${PORTAL.origin}/api/health/ready`);
      return await measure();
    } finally {
      portal.kill('SIGTERM');
    }
  });
}

/** Starts the sandbox, works beside it, and ends it. */
export async function withSandbox<T>(work: () => Promise<T>): Promise<T> {
  const sandbox = start(['node_modules/.bin/tsx', 'sandbox/main.ts'], sandboxEnvironment());
  try {
    await until(`${SANDBOX.api}/__control/switches`);
    return await work();
  } finally {
    sandbox.kill('SIGTERM');
  }
}

function start([command = '', ...args]: string[], environment: Record<string, string>): ChildProcess {
  return spawn(command, args, { env: { ...process.env, ...environment }, stdio: 'ignore' });
}

async function until(address: string): Promise<void> {
  while (!(await fetch(address).catch(() => null))?.ok) await sleep(200);
}
