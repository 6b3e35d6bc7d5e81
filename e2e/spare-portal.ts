// A portal of its own with other settings, for the tests of a file.
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { dataDirectory, portalEnvironment, SPARE_PORTAL } from './stack';

/** Runs the portal while the tests of the calling file run. @returns its origin. */
export function runSparePortal(settings: Record<string, string>): string {
  const { port, origin } = SPARE_PORTAL;
  let portal: ChildProcess;

  test.beforeAll(async () => {
    rmSync(dataDirectory('spare-portal'), { recursive: true, force: true });
    const env = { ...process.env, ...portalEnvironment('spare-portal'), DATABASE_URL: '', ...settings };
    portal = spawn('node_modules/.bin/next', ['start', '--port', String(port)], { env, stdio: 'ignore' });
    await expect(async () => expect((await fetch(`${origin}/api/health/ready`)).status).toBe(200)).toPass();
  });
  test.afterAll(async () => {
    portal.kill('SIGKILL');
    await new Promise((resolve) => portal.once('exit', resolve));
  });
  return origin;
}
