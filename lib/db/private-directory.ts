import 'server-only';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { ConfigError } from '@/lib/config/config';

const OF_OTHERS = 0o077;
/** Set on shared directories such as /tmp. */
const STICKY = 0o1000;

/**
 * Creates a directory that only its owner can enter, or restricts an existing one. PGlite creates world-readable files,
 * regardless of the umask, so the directory must protect them. Windows inherits access instead of these modes.
 * @throws ConfigError when the directory stays open to other users.
 */
export function keepToOwner(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32' || !isOpen(directory)) return;
  if ((statSync(directory).mode & STICKY) === 0) {
    try {
      chmodSync(directory, 0o700);
    } catch {
      // Owned by another user, or not supported by the file system. The check below throws.
    }
  }
  if (isOpen(directory)) throw new ConfigError([{ variable: 'DATA_DIR', problem: OPEN }]);
}

const OPEN =
  'is a folder that other users of this machine can enter, and that cannot be closed to them: choose one of your own';

function isOpen(directory: string): boolean {
  return (statSync(directory).mode & OF_OTHERS) !== 0;
}
