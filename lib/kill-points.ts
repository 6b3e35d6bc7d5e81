import { readFileSync, rmSync } from 'node:fs';

// Where the fault tests kill a portal (docs/guarantees.md). Only a build made with FAULT_POINTS=on has them: Next puts
// the variable's value in at build time, and `'off' === 'on'` leaves nothing behind.

/** Named instants at which a process that dies would hurt most. */
export type KillPoint =
  | 'before-intent'
  | 'after-intent'
  | 'after-answer-begun'
  | 'after-create'
  | 'after-save'
  | 'after-session-end'
  | 'after-wish'
  | 'after-invalidate'
  | 'after-token'
  | 'after-seal';

/**
 * Dies here, as by `kill -9`, if the file that FAULT_FILE names holds this point's name. The file goes first, so that
 * the next process lives.
 */
export function killPoint(name: KillPoint): void {
  if (process.env.FAULT_POINTS === 'on') {
    const file = process.env.FAULT_FILE;
    if (!file || readArmed(file) !== name) return;
    rmSync(file);
    process.kill(process.pid, 'SIGKILL');
  }
}

function readArmed(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
