import 'server-only';
import { statfs } from 'node:fs/promises';
import type { PGlite } from '@electric-sql/pglite';

/** Below this nothing is written: the embedded database does not survive a full disk, it freezes the whole process. */
const FLOOR_BYTES = 64 * 1024 * 1024;
const CHECK_EVERY_MS = 1_000;

/** There is too little room for the embedded database. Reading still works; writing works again once there is room. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull';
  readonly code = '53100';
}

/**
 * The engine, with writes refused while the disk is nearly full.
 * @param freeBytes how much room there is; tests bring their own.
 */
export function withFreeSpaceFloor(engine: PGlite, freeBytes: () => Promise<number>): PGlite {
  const check = everySecond(async () => {
    if ((await freeBytes()) < FLOOR_BYTES) throw new DiskFull('The disk of DATA_DIR is nearly full');
  });
  return new Proxy(engine, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'query' && name !== 'transaction') return member.bind(target);
      return async (...args: unknown[]) => {
        if (name === 'transaction' || WRITES.test(String(args[0]))) await check();
        return member.apply(target, args);
      };
    },
  });
}

/** Room on the file system of a directory, in bytes. */
export async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

const WRITES = /^\s*(with|insert|update|delete|truncate|create|alter|drop)\b/i;

function everySecond(check: () => Promise<void>): () => Promise<void> {
  let last: { at: number; outcome: Promise<void> } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now - last.at > CHECK_EVERY_MS) last = { at: now, outcome: check() };
    return last.outcome;
  };
}
