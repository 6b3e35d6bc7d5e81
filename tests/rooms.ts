// npm run rooms: draws the table of rooms, the folders of app, components and lib, from their imports.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow } from './sources';

/** The layers, lowest first. A room imports from its own layer and from those before it. */
export const LAYERS = {
  leaves:
    'kunacore brand money html pdf messages choices clock date-format email-address request-context singleton telemetry text utils',
  ground: 'config log crypto network http db services',
  domain:
    'audit users search rate-limits notifications customers kyc wallet authorisations integration sessions operator privacy maintenance',
  'knows Next': 'preferences pages mail auth i18n sign-in server',
  pages: 'components app',
} as const;

/** Returns each room with the rooms it imports, types included and tests left out. */
export function readRooms(): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  const sources = [...['app', 'components', 'lib'].flatMap(filesBelow), 'proxy.ts', 'instrumentation.ts'];
  for (const file of sources.filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))) {
    const room = roomOf(file);
    const imports = rooms.get(room) ?? new Set();
    rooms.set(room, imports);
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
      /(?:from |import\(|^import )'([@.][^']+)'/gm,
    )) {
      const target = specifier.startsWith('@/') ? specifier.slice(2) : path.join(path.dirname(file), specifier);
      if (roomOf(target) !== room) imports.add(roomOf(target));
    }
  }
  return rooms;
}

/** Returns the room of a file: `lib/users/find.ts` → `users`, `lib/text.ts` → `text`, `proxy.ts` → `app`. */
function roomOf(file: string): string {
  const [top = '', room = ''] = file.replace(/\.tsx?$/, '').split('/');
  return top === 'lib' ? room : top === 'components' ? top : 'app';
}

/** Returns the rooms of each import cycle. */
export function findCycles(rooms: Map<string, Set<string>>): string[][] {
  const reach = (from: string, seen = new Set<string>()): Set<string> => {
    for (const next of rooms.get(from) ?? []) if (!seen.has(next)) reach(next, seen.add(next));
    return seen;
  };
  const cycles = [...rooms.keys()].filter((room) => reach(room).has(room));
  return [
    ...new Set(
      cycles.map((room) =>
        [...reach(room)]
          .filter((other) => reach(other).has(room))
          .sort()
          .join(' '),
      ),
    ),
  ]
    .sort()
    .map((cycle) => cycle.split(' '));
}

/** Returns the index of a room's layer, lowest first, or -1 for a room without one. */
export function layerOf(room: string): number {
  return Object.values(LAYERS).findIndex((names) => names.split(' ').includes(room));
}

/** Returns the table for docs/architecture.md: one row a room, highest first, with its imports. */
export function drawRooms(rooms: Map<string, Set<string>>): string {
  const layers = Object.entries(LAYERS).toReversed();
  const rows = layers.flatMap(([layer, names]) =>
    names
      .split(' ')
      .toReversed()
      .map((room) => `| ${layer} | \`${room}\` | ${importsOf(rooms, room)} |`),
  );
  return ['| layer | room | imports |', '|---|---|---|', ...rows].join('\n');
}

function importsOf(rooms: Map<string, Set<string>>, room: string): string {
  const order = Object.values(LAYERS).flatMap((names) => names.split(' '));
  const found = order.filter((other) => rooms.get(room)?.has(other)).toReversed();
  return found.map((other) => `\`${other}\``).join(' ');
}

/** Matches the table in docs/architecture.md. */
export const DRAWING = /(?<=<!-- npm run rooms -->\n)[\s\S]*?(?=\n<!-- end -->)/;

if (process.argv[1]?.endsWith('rooms.ts')) {
  const page = readFileSync('docs/architecture.md', 'utf8');
  writeFileSync('docs/architecture.md', page.replace(DRAWING, drawRooms(readRooms())));
}
