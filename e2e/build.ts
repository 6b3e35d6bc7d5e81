// What the tested build consists of, from Next's manifests.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LAYOUT } from './stack';

/** The folder of the build. A layout runs that of its image. */
export const BUILD = LAYOUT ? 'test-results/layouts/images/new/.next' : '.next';

interface ServerReferences {
  node: Record<string, { exportedName: string }>;
}

/** Returns every route's address, with its parameters in brackets. */
export function builtRoutes(): string[] {
  return Object.values(manifest<Record<string, string>>('app-path-routes-manifest.json'));
}

/** Returns every server action: its id, which requests send, and its function's name. */
export function builtActions(): { id: string; name: string }[] {
  const { node } = manifest<ServerReferences>('server/server-reference-manifest.json');
  return Object.entries(node).map(([id, { exportedName }]) => ({ id, name: exportedName }));
}

function manifest<Content>(name: string): Content {
  return JSON.parse(readFileSync(path.join(BUILD, name), 'utf8')) as Content;
}
