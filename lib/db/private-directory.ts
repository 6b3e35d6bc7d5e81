import 'server-only';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { ConfigError } from '@/lib/config/config';

const OF_OTHERS = 0o077;
/** Set on directories that belong to everybody, like /tmp. */
const STICKY = 0o1000;

/**
 * Makes a directory that its owner alone can enter, or closes an existing one to others. PGlite creates its files open
 * to everybody, whatever the umask says, so that the directory has to be what keeps others out. Windows has no such
 * modes: access is inherited there.
 * @throws ConfigError when the directory belongs to others or stays open to them.
 */
export function keepToOwner(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32' || !isOpen(directory)) return;
  if ((statSync(directory).mode & STICKY) === 0) {
    try {
      chmodSync(directory, 0o700);
    } catch {
      // Not ours, or a file system that does not allow it: it is still open then.
    }
  }
  if (isOpen(directory)) throw new ConfigError([{ variable: 'DATA_DIR', problem: OPEN }]);
}

const OPEN =
  'is a folder that other users of this machine can enter, and that cannot be closed to them: choose one of your own';

function isOpen(directory: string): boolean {
  return (statSync(directory).mode & OF_OTHERS) !== 0;
}
