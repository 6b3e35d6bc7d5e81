// Runs the production build and the sandbox while something is measured.
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataDirectory, PORTAL, portalEnvironment, SANDBOX, sandboxEnvironment } from '../e2e/stack';

/** Starts both with empty data, measures, and ends them. @param settings beside those of the tests. */
export async function withPortal<T>(measure: () => Promise<T>, settings: Record<string, string> = {}): Promise<T> {
  const children: ChildProcess[] = [];
  const start = ([command = '', ...args]: string[], environment: Record<string, string>) =>
    children.push(spawn(command, args, { env: { ...process.env, ...environment }, stdio: 'ignore' }));
  try {
    rmSync(dataDirectory('portal'), { recursive: true, force: true });
    start(['node_modules/.bin/tsx', 'sandbox/main.ts'], sandboxEnvironment());
    await until(`${SANDBOX.api}/__control/switches`);
    start(['node_modules/.bin/next', 'start', '--port', String(PORTAL.port)], {
      ...portalEnvironment('portal'),
      ...settings,
    });
    await until(`${PORTAL.origin}/api/health/ready`);
    return await measure();
  } finally {
    for (const child of children) child.kill('SIGTERM');
  }
}

async function until(address: string): Promise<void> {
  while (!(await fetch(address).catch(() => null))?.ok) await sleep(200);
}
