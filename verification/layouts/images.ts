// Builds what the Dockerfile builds, from the files that .dockerignore lets through.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FOLDER } from './processes';

/** NEXT_SERVER_ACTIONS_ENCRYPTION_KEY of both builds. */
const ACTIONS_KEY = Buffer.alloc(32, 'layouts').toString('base64');

/** Returns the folder of the newer release's /app. */
export function newImage(): string {
  return buildImage('new', () => {});
}

/** Returns the folder of the older release's /app: every file of the browser differs. */
export function oldImage(): string {
  return buildImage('old', (folder) => {
    for (const name of readdirSync(path.join(folder, 'components'), { recursive: true, encoding: 'utf8' })) {
      const file = path.join(folder, 'components', name);
      if (/\.tsx?$/.test(name) && readFileSync(file, 'utf8').startsWith("'use client'"))
        appendFileSync(file, "\n(globalThis as { release?: string }).release = 'old';\n");
    }
  });
}

/** Builds once for each name: remove test-results/layouts to build anew. */
function buildImage(name: string, change: (folder: string) => void): string {
  const image = path.join(FOLDER, 'images', name);
  if (existsSync(image)) return image;
  // Outside the checkout: Next takes the outermost lockfile's folder as the root of what it traces.
  const context = mkdtempSync(path.join(tmpdir(), 'portal-image-'));
  for (const entry of allowed()) cpSync(entry, path.join(context, entry), { recursive: true, filter: isCopied });
  change(context);
  // The Dockerfile installs them by `npm ci`.
  execFileSync('cp', ['-al', 'node_modules', context]);
  const env = { NEXT_DEPLOYMENT_ID: name, NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: ACTIONS_KEY };
  console.log(`building ${name}…`);
  mkdirSync(FOLDER, { recursive: true });
  const log = openSync(path.join(FOLDER, `build-${name}.log`), 'w');
  execFileSync('npm', ['run', 'build'], { cwd: context, env: { ...process.env, ...env }, stdio: ['ignore', log, log] });
  cpSync(path.join(context, '.next/standalone'), image, { recursive: true, verbatimSymlinks: true });
  rmSync(context, { recursive: true });
  // As in the image: nobody may write.
  execFileSync('chmod', ['-R', 'a-w,a+rX', image]);
  return image;
}

/** Returns what .dockerignore lets into the build: it excludes everything and names what comes in. */
function allowed(): string[] {
  const lines = readFileSync('.dockerignore', 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
}

function isCopied(file: string): boolean {
  return !/\.test\.ts$/.test(file);
}
