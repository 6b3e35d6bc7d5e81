import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { Config } from '../../lib/config/config';
import { failed, type Line, ok, warning } from './line';

const MIB = 1024 * 1024;

/** Checks what the portal finds on this machine: Node, memory, its build, its folder. */
export function checkMachine(
  directory: string,
  { database }: Pick<Config, 'database'>,
  version = process.version,
): Line[] {
  return [
    checkNode(directory, version),
    ...checkMemory(readLimit(), getHeapStatistics().heap_size_limit),
    checkBuild(directory),
    ...(database.kind === 'embedded' ? [checkFolder(path.resolve(directory, database.directory))] : []),
  ];
}

function checkNode(directory: string, version: string): Line {
  const { engines } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  const needed = String(engines.node).replace('>=', '');
  const isOld = needed.localeCompare(version.slice(1), undefined, { numeric: true }) > 0;
  return isOld
    ? failed(`Node ${version.slice(1)} is too old`, `install Node ${needed} or later`)
    : ok(`Node ${version.slice(1)}`);
}

/** Compares the memory that a container gets with the heap that Node would use. */
export function checkMemory(limit: number | null, heap: number): Line[] {
  if (limit === null) return [];
  const text = `memory is limited to ${Math.round(limit / MIB)} MiB, and Node's heap to ${Math.round(heap / MIB)} MiB`;
  if (limit < 256 * MIB) return [warning(`${text}: the portal may be killed`, 'give it 512 MiB')];
  if (heap > limit * 0.85)
    return [
      warning(
        `${text}: the machine kills the portal before Node collects garbage`,
        `set NODE_OPTIONS=--max-old-space-size=${Math.round((limit * 0.7) / MIB)} in the environment`,
      ),
    ];
  return [ok(text)];
}

/** Returns the memory limit of this container (cgroup v2, then v1), or null without one. */
function readLimit(): number | null {
  const files = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];
  const file = files.find(existsSync);
  const limit = file ? Number(readFileSync(file, 'utf8')) : Number.NaN;
  return limit > 0 && limit < 2 ** 50 ? limit : null;
}

const SOURCES = ['app', 'components', 'lib', 'public'];
const SOURCE_FILES = ['proxy.ts', 'instrumentation.ts', 'next.config.mjs', 'package-lock.json'];

function checkBuild(directory: string): Line {
  const id = path.join(directory, '.next/BUILD_ID');
  if (!existsSync(id))
    return warning('the portal is not built in this folder', 'run: npm run build, unless it runs elsewhere');
  const built = statSync(id).mtimeMs;
  const files = [
    ...SOURCES.flatMap((folder) => filesBelow(path.join(directory, folder))),
    ...SOURCE_FILES.map((file) => path.join(directory, file)).filter(existsSync),
  ].filter((file) => !/\.test\.tsx?$/.test(file));
  const newer = files.find((file) => statSync(file).mtimeMs > built);
  if (newer)
    return warning(`the build is older than the source (${path.relative(directory, newer)})`, 'run: npm run build');
  return ok('the build is newer than the source');
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Checks the folder of the embedded database, or the nearest folder above that exists. */
function checkFolder(folder: string): Line {
  const existing = existsSync(folder) ? folder : path.dirname(folder);
  try {
    accessSync(existing, constants.W_OK);
    return ok('DATA_DIR can be written to');
  } catch {
    return failed('DATA_DIR cannot be written to', 'name a folder that belongs to the user who runs the portal');
  }
}
