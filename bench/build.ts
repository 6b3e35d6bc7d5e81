import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * The folder of the built bare application. It lies outside of the repository, because Next would otherwise add the
 * portal's own proxy.ts and instrumentation.ts, which it finds in the folders above.
 */
export const BARE = path.join(
  tmpdir(),
  `portal-bench-bare-${createHash('sha256').update(process.cwd()).digest('hex').slice(0, 8)}`,
);

/** Makes production builds of the portal and of the bare application. */
export function build(): void {
  rmSync(BARE, { recursive: true, force: true });
  cpSync(path.join(import.meta.dirname, 'bare'), BARE, { recursive: true });
  symlinkSync(path.resolve('node_modules'), path.join(BARE, 'node_modules'));
  for (const folder of ['.', BARE]) {
    const { status } = spawnSync(process.execPath, ['node_modules/next/dist/bin/next', 'build', folder], {
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error(`${folder} cannot be built`);
  }
}
