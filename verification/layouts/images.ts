// Builds what the Dockerfile builds, from the files that .dockerignore lets through.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FOLDER } from './processes';

interface Build {
  name: string;
  deploymentId: string;
  /** NEXT_SERVER_ACTIONS_ENCRYPTION_KEY. Empty: without one. */
  actionsKey: string;
  /** The checkout that is built. */
  source?: string;
  /** Changes the copied sources before the build. */
  change?: (folder: string) => void;
}

/** Returns the folder of a built image's /app. Builds once for each name: remove test-results/layouts to build anew. */
export function buildImage({ name, deploymentId, actionsKey, source = '.', change }: Build): string {
  const image = path.join(FOLDER, 'images', name);
  if (existsSync(image)) return image;
  const context = path.join(FOLDER, 'contexts', name);
  rmSync(context, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  for (const entry of allowed(source))
    if (existsSync(path.join(source, entry)))
      cpSync(path.join(source, entry), path.join(context, entry), { recursive: true, filter: isCopied });
  change?.(context);
  // The Dockerfile installs them by `npm ci`.
  execFileSync('cp', ['-al', 'node_modules', context]);
  const env = { NEXT_DEPLOYMENT_ID: deploymentId, NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: actionsKey };
  console.log(`building ${name}…`);
  const output = execFileSync('npm', ['run', 'build'], { cwd: context, env: { ...process.env, ...env } });
  writeFileSync(path.join(FOLDER, `build-${name}.log`), output);
  mkdirSync(path.dirname(image), { recursive: true });
  renameSync(path.join(context, '.next/standalone'), image);
  rmSync(context, { recursive: true });
  // As in the image: nobody may write.
  execFileSync('chmod', ['-R', 'a-w,a+rX', image]);
  return image;
}

/** Returns what .dockerignore lets into the build: it excludes everything and names what comes in. */
function allowed(source: string): string[] {
  const file = existsSync(path.join(source, '.dockerignore')) ? path.join(source, '.dockerignore') : '.dockerignore';
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
}

function isCopied(file: string): boolean {
  return !/\.test\.ts$/.test(file);
}
